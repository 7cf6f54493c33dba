"""The story, told once for all that interrupt it."""

from __future__ import annotations

import pytest

from reliability.story import Story, tell


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    return tell(tmp_path_factory.mktemp("story"))
