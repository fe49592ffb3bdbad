"""The workbench: applications in grids, scenarios, allocations, awards.

One file a page, in ``pages``. Pages call the package and draw; what they draw is made by
modules that know no widgets. Within the workbench too a module imports only from before it::

    text < intakes < grids < pairing; parameters < scenario_words; workspace
    kept < results < on_demand; text, separated < award_tables < award_charts, award_map
    text < award_figures; award_tables, award_figures < limit_tables; results < city_facts
    text < comparing, quick_levers; comparing < stress; compare_charts; jobs
    pairing, shelf < state < keeping < notices
    results, state, workspace < parts, editor, findings; results < two_sides
    editor, parameters < forms; forms, scenario_words < decision_forms < scenario_form
    parts, scenario_words < scenario_list
    findings, parts < opening, record < corrections, pairing_room
    text < about; state < adoption; parts < exports < offers < outward
    parts, award_charts, award_map < award_views < limit_views
    award_views, on_demand, city_facts < city_panel; parts, on_demand < conflict_room
    parts, compare_charts, separated < pictures; comparing, pictures < compare_sections,
    baselines_section; parts < comparison_download; quick_levers, pictures < lever_panel
    compare_charts, stress < stress_charts; jobs, stress_charts, pictures < stress_room
    all of these < pages < workbench
"""

from funding.app.workbench import main

__all__ = ["main"]
