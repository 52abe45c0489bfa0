"""What a Flex Template's launcher starts; the package is installed in the image."""

from pipeline.cli.launch import main

main()
