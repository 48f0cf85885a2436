"""`python -m fedtasks`."""

import sys

from fedtasks.cli.main import main

sys.exit(main())
