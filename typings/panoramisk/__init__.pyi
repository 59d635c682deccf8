from .manager import Manager as Manager
