"""A study is a folder: `study.toml`, `data/` in, `maps/` and `reports/` out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import geopandas as gpd
import pandas as pd

from placements.assemble import assemble
from placements.county import County
from placements.errors import DataError
from placements.geography.area_layer import area_file, read_area_layer
from placements.geography.authorities import Authority, find_authority
from placements.geography.official import boundary_file, user_boundaries
from placements.geography.postcode_files import StudyPostcodes, open_study_directory
from placements.geography.travel import choose_method
from placements.read.everything import read_everything
from placements.read.projections import Projection, read_projection
from placements.read.targets import read_targets
from placements.settings import Settings, read_settings
from placements.writing import sha256

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Study:
    """A folder and what its `study.toml` says.

    Attributes
    ----------
    folder : Path
    settings : Settings
    authority : Authority
    """

    folder: Path
    settings: Settings
    authority: Authority

    @property
    def data(self) -> Path:
        """Return the folder of inputs."""
        return self.folder / "data"

    @property
    def maps(self) -> Path:
        """Return the folder that maps are written to."""
        return self.folder / "maps"

    @property
    def reports(self) -> Path:
        """Return the folder that reports and tables are written to."""
        return self.folder / "reports"

    @property
    def targets(self) -> pd.DataFrame:
        """Return the ledger of targets (`targets.csv`), empty when there is none."""
        return read_targets(self.folder / "targets.csv")

    @property
    def template(self) -> Path | None:
        """Return the Word file whose styles reports take, None when none is named; a DataError when it is not there."""
        name = self.settings.reports.template
        path = self.folder / name
        if name and not path.is_file():
            raise DataError("is not there", file=path, advice="mend reports.template in study.toml, or leave it empty")
        return path if name else None

    @property
    def scenarios(self) -> tuple[Path, ...]:
        """Return the hand-written scenarios, by name."""
        return tuple(sorted((self.folder / "scenarios").glob("*.toml")))

    def load(self, progress: Progress | None = None) -> County:
        """Read, check and locate everything in `data/`.

        Postcodes and outlines of the study's own (`data/postcodes/`, `data/boundaries/`) come before those that are
        bundled or derived.

        Parameters
        ----------
        progress : callable, optional
            Called with the share done and what is being done.

        Raises
        ------
        DataError
            When there is nothing to read, or a file cannot be read at all. Single rows that cannot be used are kept in
            `County.quarantine` instead.
        """
        tell = progress or (lambda share, text: None)
        travel = choose_method(self.settings.travel, self.data)
        postcodes, boundaries = self.geography(tell)
        areas = self._area_file()
        tables = read_everything(self.data, tell)
        tell(1.0, "locating")
        files = {f"postcodes/{name}": digest for name, digest in postcodes.files.items()}
        projection = self._projection()
        if projection is not None:
            files[self.settings.forecast.population_file] = projection.sha256
        return replace(
            assemble(tables, self.settings, self.authority, postcodes.directory, self._layer(areas)),
            directory=postcodes.directory,
            boundaries=boundaries,
            travel=travel,
            geography_files=files | _hashes(boundary_file(self.data / "boundaries"), areas),
            published=tables.published,
            neighbours=tables.neighbours,
            ledger=self.folder / "ledger",
            population=None if projection is None else projection.people,
        )

    def geography(self, progress: Progress | None = None) -> tuple[StudyPostcodes, gpd.GeoDataFrame | None]:
        """Return the study's postcode directory, and its official outlines if it has any. Raises as `load` does."""
        tell = progress or (lambda share, text: None)
        postcodes = open_study_directory(
            self.data / "postcodes", progress=lambda share, text: tell(share, f"postcode directory, once: {text}")
        )
        file = boundary_file(self.data / "boundaries")
        return postcodes, user_boundaries(file, self.authority, postcodes.directory) if file else None

    def _projection(self) -> Projection | None:
        name = self.settings.forecast.population_file
        if not name:
            return None
        return read_projection(self.data / name, self.authority.code, self.authority.districts)

    def _area_file(self) -> Path | None:
        chosen = self.settings.areas
        return area_file(self.data / "areas", chosen.layer) if chosen.level == "layer" else None

    def _layer(self, file: Path | None) -> gpd.GeoDataFrame | None:
        chosen = self.settings.areas
        return None if file is None else read_area_layer(file, chosen.layer_code, chosen.layer_name)

    def with_profile(self, profile: str | None) -> Study:
        """Return the study under another disclosure profile; itself when none is named."""
        if profile is None:
            return self
        disclosure = replace(self.settings.disclosure, profile=profile)
        return replace(self, settings=replace(self.settings, disclosure=disclosure))


def _hashes(*files: Path | None) -> dict[str, str]:
    return {f"{path.parent.name}/{path.name}": sha256(path) for path in files if path}


def open_study(folder: Path | str = ".") -> Study:
    """Open the study in a folder.

    Raises
    ------
    SettingsError
        When `study.toml` is missing or says something that cannot be followed.
    UsageError
        When it names an authority or district that does not exist.
    """
    path = Path(folder)
    settings = read_settings(path / "study.toml")
    chosen = settings.study
    return Study(path, settings, find_authority(chosen.authority, chosen.districts, chosen.name, chosen.snapshot))
