if __name__ == "__main__":  # processes that share the work of a study read this file too
    from funding.app import main

    main()
