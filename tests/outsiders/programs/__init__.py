"""Small scripts around other people's SMPP and AMI packages, and Kannel's settings."""
