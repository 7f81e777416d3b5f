"""What a Korean clause does. The verb is its last word; its ending says whether it happened."""
