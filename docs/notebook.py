"""The tutorial's questions, answered with plots: a marimo notebook over the rows of a run.

``marimo edit docs/notebook.py`` opens it, ``python docs/notebook.py -- --data URI`` runs it as a
script. Each cell is a query and a plot of three lines; docs/notebooks.md says what to install.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="rasd")


@app.cell
def _():
    import altair as alt
    import marimo as mo

    import pipeline

    uri = mo.cli_args().get("data") or "out"  # rasd run seeds --output out --offline
    data = pipeline.open_data(uri)
    return alt, data, mo, pipeline, uri


@app.cell
def _(mo, uri):
    mo.md(f"""
    # Events in Arabic news

    The rows are those of `{uri}`. Every table below is a `pyarrow.Table`: `.to_pandas()` and
    `polars.from_arrow(...)` go on from there. The questions are the [tutorial](tutorial.md)'s.

    ## What is told, and how

    A mention is not yet an event that happened: the status tells what was asserted from what was
    negated, expected, supposed or long past.
    """)
    return


@app.cell
def _(alt, data):
    told = data.sql("""
        SELECT event_type, status, COUNT(*) AS mentions
        FROM events
        WHERE confidence >= 0.5
        GROUP BY event_type, status
        ORDER BY event_type, status
    """)
    told_plot = (
        alt.Chart(told)
        .mark_bar()
        .encode(x="sum(mentions)", y=alt.Y("event_type").sort("-x"), color="status")
    )
    told_plot
    return told, told_plot


@app.cell
def _(mo):
    mo.md("""
    ## What attacks are reported in Palestine, and who says how many died?

    A point is what one text gives as the least number; its colour is whom the text names as its
    source.
    """)
    return


@app.cell
def _(alt, data):
    attacks = data.sql("""
        SELECT
          v.event_date,
          v.place.name AS place,
          v.fatalities_min AS dead,
          IFNULL(v.speaker, '?') AS speaker,
          v.evidence[SAFE_OFFSET(0)].text AS sentence
        FROM v_events AS v
        WHERE v.event_type = 'ASSAULT' AND v.place.country = 'PSE' AND v.event_date IS NOT NULL
        ORDER BY v.event_date, dead DESC, v.event_id
    """)
    attacks_plot = (
        alt.Chart(attacks)
        .mark_circle(size=120)
        .encode(x="event_date:T", y="dead", color="speaker", tooltip=["place", "dead", "sentence"])
    )
    attacks_plot
    return attacks, attacks_plot


@app.cell
def _(mo):
    mo.md("""
    ## Conflict or cooperation, month by month?

    The date is the event's, not the article's. Days, weeks and quarters: the other units of
    `DATE_TRUNC`.
    """)
    return


@app.cell
def _(alt, data):
    months = data.sql("""
        SELECT DATE_TRUNC(event_date, MONTH) AS month, quad_plover AS quad, COUNT(*) AS events
        FROM v_events
        WHERE event_date IS NOT NULL
        GROUP BY month, quad
        ORDER BY month, quad
    """)
    months_plot = (
        alt.Chart(months).mark_bar().encode(x="yearmonth(month):T", y="events", color="quad")
    )
    months_plot
    return months, months_plot


@app.cell
def _(mo):
    mo.md("""
    ## One story, how many headlines?

    Outlets take over each other's texts. A row is a story, a point an article of it; the first
    point of a row is where it came from.
    """)
    return


@app.cell
def _(alt, data):
    headlines = data.sql("""
        SELECT
          s.title AS story, a.publisher, IFNULL(c.duplicate_kind, 'head') AS kind, a.title,
          a.event_time
        FROM v_stories AS s
        JOIN clusters AS c ON c.cluster_id = s.cluster_id
        JOIN articles AS a ON a.article_id = c.article_id
        WHERE s.publisher_count > 1 AND a.event_time IS NOT NULL
        ORDER BY a.event_time, a.article_id
    """)
    headlines_plot = (
        alt.Chart(headlines)
        .mark_point(size=80)
        .encode(x="event_time:T", y="story", color="kind", tooltip=["publisher", "title"])
    )
    headlines_plot
    return headlines, headlines_plot


@app.cell
def _(mo):
    mo.md("""
    ## Where, and with how many dead?

    Incidents are events that several articles tell, once each, with their latest toll.
    """)
    return


@app.cell
def _(alt, data):
    places = data.sql("""
        SELECT
          place.name AS place, place.lat AS lat, place.lon AS lon, COUNT(*) AS incidents,
          SUM(IFNULL(fatalities_max, IFNULL(fatalities_min, 0))) AS dead
        FROM v_incidents
        WHERE place.lat IS NOT NULL
        GROUP BY place, lat, lon
        ORDER BY incidents DESC, place
    """)
    places_plot = (
        alt.Chart(places)
        .mark_circle()
        .encode(
            longitude="lon",
            latitude="lat",
            size="incidents",
            color="dead",
            tooltip=["place", "incidents", "dead"],
        )
        .project("mercator")
    )
    places_plot
    return places, places_plot


if __name__ == "__main__":
    app.run()
