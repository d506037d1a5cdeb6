# What is kept, where, and for how long
privacy =
    🔒 <b>What I keep about you</b>

    <b>Photos</b>: only the pixels, without place, date or phone model. They are needed to train your avatar, and to train it again if you wish.
    <b>Your avatar's model and finished pictures</b>, so that you can come back to them any time.
    <b>Descriptions of pictures, your name and language</b>, to repeat an order and to talk to you. Our conversation is kept for 30 days.

    Everything else stays until you delete it: an avatar as a whole, or everything at once with /forget. If you were blocked for breaking the rules, a fingerprint of your account that can't be turned back into it stays for 90 more days.

    <b>What leaves this place</b>
    Avatars are trained and pictures are made by FAL. It gets your photos (its copy lives for 7 days), your avatar's model (30 days) and your descriptions; pictures stay there for one day. When you delete something here, I ask FAL to delete it too; a temporary copy of the model may remain on its machines a little longer.
    Messages and pictures in this chat are kept by Telegram.{ $chat }

    <b>Faces and consent</b>
    An avatar of a face is only made with that person's consent, and they must be 18 or older. To withdraw consent, simply delete the avatar.
    Pictures are made by AI, and it says so below them. Please say so too when you show them to others.
privacy-chat = Your descriptions, and photos that you want something similar to, are also read by a text service, which translates and describes. It gets neither your name nor your account, and I don't keep such a photo.
