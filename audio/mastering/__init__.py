"""From speech to a programme that a horn, a platform or a telephone can carry."""
