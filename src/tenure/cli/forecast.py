"""`tenure forecast`: train, see how good the forecasts are, and what is said of an account."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tenure.cli.ladder import account_named
from tenure.cli.output import console, emit_json, steps

if TYPE_CHECKING:
    from tenure.forecast.models import BacktestResult, ForecastRun
    from tenure.forecast.selectors import Backtests, Prophecy

JSON = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
SHOWN = ("auc", "log_loss", "brier", "slope", "found")


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    group = typer.Typer(help="Train forecasts, see how good they are, and what they say.")
    group.command("train")(train)
    group.command("backtest")(backtest)
    group.command("show")(show)
    app.add_typer(group, name="forecast")


def train(
    replays: Annotated[
        int | None, typer.Option(min=0, help="Past dates to test on; default as defined.")
    ] = None,
    as_json: JSON = False,
) -> None:
    """Train a model, test it on the past, and predict with it if it is taken."""
    from tenure.forecast.models import RunStatus
    from tenure.forecast.services import forecast_predict, forecast_train

    with steps(quiet=as_json) as shown:
        run = forecast_train(report=shown.step("Training and testing"), replays=replays)
        written = 0
        if run.status == RunStatus.LIVE:
            written = forecast_predict(run=run, report=shown.step("Predicting"))
    payload = {**_run(run), "predictions": written}
    if as_json:
        emit_json(payload)
        return
    console.print(f"Run {run.pk}, {run.status}: {run.reason}", highlight=False)
    signal = "beats the base rate" if run.signal else "no usable signal, the base rate is shown"
    console.print(
        f"Learned from {run.rows:,} rows of {run.accounts:,} accounts; {run.chosen}: {signal}.",
        highlight=False,
    )
    for refused in run.refused:
        console.print(f"Left out {refused['column']}: {refused['reason']}", highlight=False)
    console.print(f"{written:,} accounts predicted.", highlight=False)


def _run(run: "ForecastRun") -> dict[str, Any]:
    return {
        "run": run.pk,
        "as_of": run.as_of,
        "status": run.status,
        "reason": run.reason,
        "chosen": run.chosen,
        "signal": run.signal,
        "rows": run.rows,
        "accounts": run.accounts,
        "events": run.events,
        "features": run.features,
        "refused": run.refused,
        "metrics": run.metrics,
    }


def backtest(as_json: JSON = False) -> None:
    """How the live model would have done on past dates, beside simpler methods, cause by cause."""
    from tenure.core.errors import TenureError
    from tenure.forecast.selectors import backtests

    first = backtests()
    if first.run is None:
        raise TenureError("There is no model yet; run `tenure forecast train`.")
    every = [backtests(first.run, cause) for cause in first.causes]
    if as_json:
        emit_json(_tested(first, every))
        return
    if not every:
        console.print("No past date has a closed window yet; there is nothing to test on.")
        return
    for told in every:
        _print_pooled(told)


def _tested(first: "Backtests", every: list["Backtests"]) -> dict[str, Any]:
    parts = ("pooled", "by_day", "by_segment")
    return {
        "run": first.run.pk if first.run else None,
        "horizon": first.horizon,
        "causes": [
            {"cause": told.cause, "events": told.events, "too_few": told.too_few} for told in every
        ],
        **{part: [_result(row) for told in every for row in getattr(told, part)] for part in parts},
    }


def _result(row: "BacktestResult") -> dict[str, Any]:
    return {
        "cause": row.cause,
        "method": row.method,
        "horizon": row.horizon,
        "origin": row.origin,
        "segment": row.segment or None,
        "rows": row.rows,
        "events": row.events,
        "metrics": row.metrics,
        "bins": row.bins,
        "lift": row.lift,
    }


CAUSES = {
    "churn": "Churn",
    "contraction": "Contraction",
    "expansion": "Expansion",
    "client": "Becoming a client",
}


def _print_pooled(told: "Backtests") -> None:
    from tenure.forecast.texts import method_title

    name = CAUSES[told.cause]
    for horizon in sorted({row.horizon for row in told.pooled}):
        rows = [row for row in told.pooled if row.horizon == horizon]
        head = f"{name} within {horizon} months: {rows[0].events} of {rows[0].rows}"
        console.print(f"\n{head}\n{'':<28}" + "".join(f"{n:>10}" for n in SHOWN), highlight=False)
        for row in rows:
            values = [(row.metrics.get(key) or [None])[0] for key in SHOWN]
            cells = "".join(f"{'–' if v is None else f'{v:.3f}':>10}" for v in values)
            console.print(f"{method_title(row.method):<28}{cells}", highlight=False)
    if told.too_few:
        console.print(
            f"{name}: {told.events} within {told.horizon} months in the closed windows, too few to "
            "judge.",
            highlight=False,
        )


def show(
    account: Annotated[str, typer.Argument(help="The account's id or exact name.")],
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="As known on this day.")
    ] = None,
    as_json: JSON = False,
) -> None:
    """What is forecast for an account, why, and what became of similar ones."""
    from tenure.core.errors import TenureError
    from tenure.forecast import selectors

    found = account_named(account)
    day = on.date() if on else None
    said = (
        selectors.prediction_current(found) if day is None else selectors.prediction_on(found, day)
    )
    if said is None:
        raise TenureError(
            f"Nothing is forecast for {found.name}{f' on {day}' if day else ''}: it does not pay "
            "then, or no model had been trained; `tenure forecast train` trains one."
        )
    similar = selectors.similar_accounts(found, day)
    if as_json:
        cases = [
            {"account": one.account, "name": one.name, "on": one.on, "months": one.months,
             "followed": one.followed}
            for one in similar
        ]  # fmt: skip
        emit_json({**_payload(said), "similar": cases})
        return
    _print(said)
    for one in similar:
        fate = f"left after {one.months} months" if one.months else f"stayed {one.followed} or more"
        console.print(f"  like {one.name} on {one.on}: {fate}", highlight=False)


def _payload(said: "Prophecy") -> dict[str, Any]:
    return {
        "account": said.account.external_id,
        "name": said.account.name,
        "as_of": said.as_of,
        "run": said.run.pk,
        "replay": said.replay,
        "signal": said.signal,
        "stay": said.stay,
        "interval": [said.stay_low, said.stay_high],
        "survival": said.survival,
        "low": said.low,
        "high": said.high,
        "incidence": said.incidence,
        "ranges": said.ranges,
        "reasons": [
            {"driver": r.name, "feature": r.feature, "contribution": r.contribution, "now": r.now,
             "then": r.then, "steady": r.steady}
            for r in said.reasons
        ],
        "lowers": said.row.lowers,
        "others": said.others,
        "base": said.base,
        "mrr": said.mrr,
        "value": said.value,
        "value_interval": [said.value_low, said.value_high],
    }  # fmt: skip


def _print(said: "Prophecy") -> None:
    kind = "a replay of the past" if said.replay else f"run {said.run.pk}"
    console.print(
        f"{said.account.name} on {said.as_of}, {kind}: still paying in 12 months with "
        f"{said.stay:.0%} ({said.stay_low:.0%} to {said.stay_high:.0%})",
        highlight=False,
    )
    if not said.signal:
        console.print("No usable signal: this is the base rate.")
    if said.value is not None:
        console.print(
            f"Worth {said.value:,.0f} ({said.value_low:,.0f} to {said.value_high:,.0f})",
            highlight=False,
        )
    for cause, chances in said.incidence.items():
        at = min(12, len(chances))
        line = f"{cause} within {at} months: {chances[at - 1]:.0%}"
        if cause in said.ranges:
            line += " ({:.0%} to {:.0%})".format(*said.ranges[cause])
        console.print(line, highlight=False)
    for reason in said.reasons:
        line = f"  {reason.contribution:+6.2f}  {reason.title} ({reason.sentence})"
        if reason.steady is not None:
            line += f", told again in {reason.steady:.0%} of refits"
        console.print(line, highlight=False)
    _print_lowers(said)


def _print_lowers(said: "Prophecy") -> None:
    for one in said.lowers or ():
        back = "back to" if one.back else "to"
        console.print(
            f"  {one.feature_title} from {one.now:g} {back} {one.goal:g}: churn within 12 months "
            f"{one.chance:.0%} ({one.low:.0%} to {one.high:.0%}) instead of {said.churn:.0%}",
            highlight=False,
        )
    if said.lowers:
        console.print("  This is how such accounts differ, not a promised effect.")
