"""The roster becomes members, through the importer that the pages use."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from campaigns.audience import segments
from campaigns.register import importing
from campaigns.vocabulary import ImportState, LegalBasis
from outreach.bars import bars
from outreach.demo.county import deed
from outreach.demo.measuring import Stopwatch
from outreach.roster import make_roster
from outreach.segment_sizes import keep_sizes
from outreach.wiring import Wiring


def take_in_roster(  # noqa: PLR0913, PLR0917 - two people, two instruments
    wiring: Wiring,
    members: int,
    writer: int,
    second: int,
    watch: Stopwatch,
    console: Console,
) -> dict[str, Any]:
    """Make a roster of ``members`` people, check it, confirm it and take it in."""
    path = wiring.settings.data_dir / "roster.xlsx"
    with watch.stage("roster"):
        make_roster(path, members, county=wiring.settings.demo_county)
    with bars(console) as progress, watch.stage("import"):
        check = progress.add_task("核对名册 / checking", total=None, note="")
        with wiring.database.writing() as session:
            made = importing.check_file(
                session,
                path,
                file_name=path.name,
                legal_basis=LegalBasis.STATUTORY,
                source="演示",
                made_by=writer,
                now=wiring.clock(),
                progress=lambda n, of: progress.update(check, completed=n, total=of),
            )
            subject = f"import:{made.id}"
            deed(session, "check_import", subject, writer, wiring.clock())
            if made.state is ImportState.WAITING:
                importing.confirm(session, made.id, second, wiring.clock())
                deed(session, "confirm_import", subject, second, wiring.clock())
        take = progress.add_task("导入 / importing", total=members, note="")
        figures = importing.take_in(
            wiring.database.writing,
            made.id,
            now=wiring.clock(),
            progress=lambda n, of: progress.update(take, completed=n, total=of),
        )
    keep_sizes(wiring)
    # The office's own file; ours keep nobody in the clear.
    path.unlink()
    with wiring.database.reading() as session:
        saved = segments.list_segments(session)
    return {
        "members": figures["new"],
        "import_errors": figures["wrong"],
        "segments": len(saved),
    }
