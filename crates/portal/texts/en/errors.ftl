error-home = Go to the home page

error-400-title = The request could not be understood
error-400-happened = The browser sent data that are incomplete or damaged.
error-400-safe = Nothing has changed: your applications and your place in the queue are as before.
error-400-do = Go back to the page before and try again.

error-403-title = You may not do this
error-403-happened = You are not signed in, this section is for another role, or the page was open for too long.
error-403-safe = Nothing has changed: your applications and your place in the queue are as before.
error-403-do = Open the page anew; sign in again if you are asked to.

error-404-title = Page not found
error-404-happened = There is no such page: the address may be mistyped, or the page has moved.
error-404-safe = Your applications and your place in the queue are as before.
error-404-do = Check the address or start from the home page.

error-413-title = The file or form is too large
error-413-happened = More was sent than is taken at once.
error-413-safe = Nothing was stored and nothing has changed.
error-413-do = Make the file smaller or send the files one by one.

error-422-title = This cannot be done
error-422-happened = The request is understood, but by the rules it cannot be carried out now.
error-422-safe = Nothing has changed: your applications and your place in the queue are as before.
error-422-do = Go back to the page before and check the data.

error-429-title = Too many requests
error-429-happened = Too many requests were sent in a short time.
error-429-safe = Your place in the queue does not change: it does not depend on how fast you ask.
error-429-do = Wait a minute and try again.

error-500-title = A fault on our side
error-500-happened = The service could not show this page. It is not your fault.
error-500-safe = Everything that was confirmed before is kept.
error-500-do = Try again in a few minutes. The history of your application shows whether your last action was carried out.

error-503-title = Changes are not possible for the moment
error-503-happened = The service cannot store data now and therefore takes no new actions.
error-503-safe = Everything that was confirmed before is kept, and your place in the queue does not change.
error-503-do = Try again in a few minutes.

error-409-title = Things changed while the page was open
error-409-happened = The state of the application has changed since this page was opened, so what the old page sent was not done.
error-409-safe = Nothing has changed by it: your application and your place in the queue are kept.
error-409-do = Open the page anew, look at the present state and decide again.
