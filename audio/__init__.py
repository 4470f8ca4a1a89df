"""Words become a clip that a village loudspeaker can play."""
