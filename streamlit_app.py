from funding.app import main

main()
