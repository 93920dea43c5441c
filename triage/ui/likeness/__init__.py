"""What people say of pictures: the same or not, what a file shows, and whether a hash that matches hundreds may count."""
