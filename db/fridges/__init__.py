"""What the chats' fridges hold and how long they live: repositories and statements."""
