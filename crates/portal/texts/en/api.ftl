# Values of the programming interface
api-text-wrong = This value is empty or too long. Write it in one line within the stated length.
api-children-wrong = Name ages from the youngest to the oldest, 0 to 18, or one year of birth.
api-documents-wrong = One of these documents is not yours, or does not exist. Upload it first.
api-document-empty = The file is empty. Choose the file again.
api-document-type = The file is neither PDF nor JPEG nor PNG. Send it as one of these.
api-document-lies = The file is not what its name or its declared type says. Save it anew under its true type.
api-document-purpose = Say what the paper is about: benefit, conclusion or other.
api-phone-wrong = Write the phone number with its ten digits, as in +7 701 123 45 67.
api-email-wrong = Write the e-mail address with its @.
api-settlement-wrong = There is no settlement with this number.
api-list-too-long = There are too many values in this list.
api-clock-backward = The clock goes forward only. Name a later moment.
api-file-rejected = The file was not taken; nothing was changed. Mend the lines that are named and send it again.
