# Photos
photo-count =
    { $count ->
        [one] { $count } photo
       *[other] { $count } photos
    } of { $max_photos } for “{ $name }”.
photo-need =
    { $missing ->
        [one] { $missing } more, please.
       *[other] { $missing } more, please.
    }
photo-enough = That is enough to start; more are welcome.
photo-full = That is all I can take.
photo-unreadable = I could not read this file. Send a JPEG, PNG, WebP or HEIC photo.
photo-heic = I could not read this HEIC. Send the picture as a photo instead of a file, or convert it to JPEG.
photo-small = This photo has { $have } pixels on its shorter side, { $want } are needed. Send it as a file, or a larger one.
photo-pixels = This photo has too many pixels for me. Send it as a photo instead of a file.
photo-large = This file is larger than { $size }. Send it as a photo instead of a file.
photo-later = I could not get this photo from Telegram just now. Please send it again.
photos-title = Photos of “{ $name }”. Press one to remove it.
photo-removed = Removed.
