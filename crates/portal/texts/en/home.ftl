home-title = The queue for kindergartens
home-lead = Apply, see your number in the queue and choose among the free places.
home-bulletin = Today's bulletin: free places
home-sign-in = Sign in or apply
