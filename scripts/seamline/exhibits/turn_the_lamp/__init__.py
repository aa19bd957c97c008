"""One scene under lamps from left to right: does the edited face follow the light?"""

from seamline.exhibits.turn_the_lamp.exhibit import TurnTheLamp

EXHIBIT = TurnTheLamp()
