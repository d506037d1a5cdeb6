# Creating
choose-type =
    What shall the avatar be of?

    🙂 <b>A person</b> learns a face. { $min_photos }–{ $max_photos } photos of one person.
    🎨 <b>A style</b> learns a way of drawing, whatever is drawn.
    📦 <b>A thing or an animal</b> learns how it looks from all sides.
ask-name-portrait =
    A person: photos of one face, alone, from several sides and in different light. No sunglasses, no filters.

    What shall the avatar be called? 2 to 50 characters.
ask-name-style =
    A style: pictures drawn the same way, with different things on them.

    What shall the avatar be called? 2 to 50 characters.
ask-name-object =
    A thing or an animal: photos from all sides, on different backgrounds.

    What shall the avatar be called? 2 to 50 characters.
name-wrong = A name has 2 to 50 characters. Please write another one.
name-expected = First the name, please: write it as a text of 2 to 50 characters, or leave with /cancel.
draft-made =
    “{ $name }” it is. Now the photos: { $min_photos } to { $max_photos } of them.
send-photos =
    Send me { $min_photos } to { $max_photos } photos of “{ $name }”: one by one, as an album, or as files, which keeps the best quality.

    They should be sharp and at least { $resolution } pixels on the shorter side.
no-draft = There is no avatar being made just now. Let us begin a new one.
summary =
    <b>{ $name }</b>
    { $type }, { $count ->
        [one] { $count } photo
       *[other] { $count } photos
    }.

    The training usually takes 15 to 60 minutes and cannot be changed once it runs. Start?
type-portrait = A person
type-style = A style
type-object = A thing or an animal
too-few =
    { $missing ->
        [one] { $missing } more photo is needed.
       *[other] { $missing } more photos are needed.
    }
