from funding.app import main

if __name__ == "__main__":  # processes that share the work of a study import this file too
    main()
