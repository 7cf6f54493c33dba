"""What is written by a program and kept in the repository; a test holds each file against it."""
