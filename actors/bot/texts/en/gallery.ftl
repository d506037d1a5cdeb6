# The gallery of pictures
pictures-gallery-empty =
    🖼 Your gallery is still empty.

    Shall we make the first picture?
pictures-gallery-empty-favorites = No favorites yet. Press ⭐ below a picture you like.
pictures-gallery-empty-avatar = There are no pictures of “{ $name }” yet.
pictures-gallery =
    🖼 <b>Gallery</b>, { $count ->
        [one] { $count } picture
       *[other] { $count } pictures
    }

    Page { $page } of { $pages }. Press a number to open that picture.
pictures-gallery-favorites =
    ⭐ <b>Favorites</b>, { $count ->
        [one] { $count } picture
       *[other] { $count } pictures
    }

    Page { $page } of { $pages }. Press a number to open that picture.
pictures-gallery-avatar =
    🖼 <b>{ $name }</b>, { $count ->
        [one] { $count } picture
       *[other] { $count } pictures
    }

    Page { $page } of { $pages }. Press a number to open that picture.
pictures-card-untitled = Picture
pictures-card-favorite = ⭐ A favorite
pictures-full-words =
    📝 The words of this picture:

    <blockquote expandable>{ $words }</blockquote>
pictures-sent-words =
    This is what the AI got:

    <blockquote expandable>{ $words }</blockquote>
pictures-no-words = I have no description of this picture.
pictures-original = 📄 The original file, uncompressed.
pictures-file-missing = I can't read the file of this picture. Please try again a little later.
pictures-favorite-set = ⭐ Added to favorites
pictures-favorite-unset = Removed from favorites
pictures-not-yours = You don't have this picture.
pictures-gone = This picture is gone.
pictures-ask-delete = Delete this picture for good? It can't be brought back.
pictures-deleted = Picture deleted.
pictures-share =
    🔗 Choose who to send the picture to. Only they will see it.

    If you change your mind, stop sharing: it can't be sent any more, but what was sent stays in those chats.
pictures-share-off = Sharing from here is not available: forward the picture like any message.
pictures-share-revoked = No longer shared.
pictures-export-started = Packing. I'll send the archive here.
pictures-export-part = 📦 Your pictures, part { $part } of { $parts }.
pictures-export-one = 📦 All your pictures.
pictures-export-busy = Many archives are being packed right now. Please try again in half an hour.
pictures-export-running = The archive is being packed and will be here soon.
pictures-export-failed = I couldn't pack the archive. Please try again a little later: your pictures are safe.
pictures-export-empty = There is nothing to pack: your gallery is empty.

# Buttons of the gallery
pictures-button-share-choose = 🔗 Choose a chat
pictures-button-share-revoke = 🚫 Stop sharing
pictures-button-delete-yes = Yes, delete
pictures-button-delete-no = No, keep it
pictures-button-all = All
pictures-button-favorites = ⭐ Favorites
pictures-button-by-avatar = 🧑 Main avatar
pictures-button-back-to-page = 🖼 Back to gallery
pictures-button-export = 📦 Download all
