from .correlator import AbstractCorrelator as AbstractCorrelator
from .esme import ESME as ESME
from .hook import AbstractHook as AbstractHook
from .protocol import SubmitSm as SubmitSm
from .state import NPI as NPI, TON as TON, PhoneNumber as PhoneNumber
