site-name = Kezek
layout-skip = Skip to the main content
layout-languages = Language
layout-navigation = Sections
layout-menu = Menu
layout-sign-in = Sign in
layout-sign-out = Sign out
layout-back = Back
layout-demo-tag = Demonstration
layout-demo = This is a demonstration. All data are made up, and your application goes nowhere.
nav-home = Home
footer-about = The queue for kindergartens: places are given in an open order, and every number can be asked why.
footer-law = Basis: the rules for queueing and for issuing referrals to preschools (order No. 254 of 2020).

# The clock of a demonstration
clock-title = Clock of the demonstration
clock-bulletin = To the next bulletin
clock-opening = To the next opening
clock-hour = +1 hour
clock-day = +1 day

# Forms
form-error = Error:
form-error-summary = Please correct
form-warning = Warning:
form-day = Day
form-month = Month
form-year = Year
form-save = Save
form-continue = Continue
notification-success = Done
notification-important = Important
pagination-title = Pages
pagination-previous = Previous
pagination-next = Next
pagination-page = Page { $page }
places-count = { $count } { $count ->
    [one] place
   *[other] places
 }
