# The photo coach
coach-alike = 👯 Photos { $numbers } are almost the same: one of them is enough.
coach-no-face =
    { $count ->
        [one] 🔎 I find no face in photo { $numbers }.
       *[other] 🔎 I find no face in photos { $numbers }.
    } Best are photos from the front or half from the side.
coach-other-people =
    { $count ->
        [one] 👥 Photo { $numbers } shows other people too.
       *[other] 👥 Photos { $numbers } show other people too.
    } Better alone.
coach-blurred =
    { $count ->
        [one] 🌫 Photo { $numbers } is blurred.
       *[other] 🌫 Photos { $numbers } are blurred.
    } A steady hand and light help.
coach-dark =
    { $count ->
        [one] 🌙 Photo { $numbers } is very dark.
       *[other] 🌙 Photos { $numbers } are very dark.
    } Daylight at a window is best.
coach-bright =
    { $count ->
        [one] ☀️ Photo { $numbers } is too bright.
       *[other] ☀️ Photos { $numbers } are too bright.
    } Turn away from the light a little.
coach-small-face =
    { $count ->
        [one] 🔭 The face in photo { $numbers } is small.
       *[other] 🔭 The faces in photos { $numbers } are small.
    } Come closer, or send it as a file.
coach-flat =
    { $count ->
        [one] 🌁 Photo { $numbers } has hardly any contrast.
       *[other] 🌁 Photos { $numbers } have hardly any contrast.
    } More light helps.
coach-narrow =
    { $count ->
        [one] 📏 Photo { $numbers } is very long.
       *[other] 📏 Photos { $numbers } are very long.
    } The edges will be cut off.
coach-one-distance = 📐 All faces are equally near. Add one closer and one from farther away.
coach-more-good =
    { $missing ->
        [one] { $missing } more good photo would make the avatar better.
       *[other] { $missing } more good photos would make the avatar better.
    }
coach-all-good = 👌 Good photos, nothing to complain about.
coach-refused-no-face = I find no face in this photo, so I did not take it. Send one with the face from the front.
coach-refused-other-people = This photo shows other people too, so I did not take it. Send one of the person alone.
coach-refused-blurred = This photo is blurred, so I did not take it. Send a sharper one.
coach-refused-twin = This photo is almost the same as photo { $number }, so I did not take it. Send one from another side.
coach-refused-dark = This photo is very dark, so I did not take it. Send one in daylight.
coach-refused-bright = This photo is too bright, so I did not take it. Send one with less light.
coach-refused-small-face = The face in this photo is small, so I did not take it. Send a closer one, or the same as a file.
coach-refused-flat = This photo has hardly any contrast, so I did not take it. Send one with more light.
coach-refused-narrow = This photo is very long, so I did not take it. Send one that is closer to a square.
button-delete-weakest = 🧹 Remove the weakest: photo { $number }
