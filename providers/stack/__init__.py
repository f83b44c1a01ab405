"""What looks after a stack as a whole: the guard, and the look at each host before anything is changed."""
