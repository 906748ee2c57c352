package muster.cli;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A deployment in words. Pure. */
final class DeploymentText {
    private DeploymentText() {}

    /** With job and version, as `deployment status` prints it. */
    static String whole(Doc deployment, boolean wholeIds, ZoneId zone) {
        return Layout.values(List.of(
                        "ID|" + Layout.id(deployment.text("ID"), wholeIds),
                        "Job ID|" + deployment.text("JobID"),
                        "Job Version|" + deployment.text("JobVersion"),
                        "Status|" + deployment.text("Status"),
                        "Description|" + deployment.text("StatusDescription")))
                + groups(deployment, zone);
    }

    /** As `job status` prints a job's latest one. */
    static String latest(Doc deployment, boolean wholeIds, ZoneId zone) {
        return Layout.values(List.of(
                        "ID|" + Layout.id(deployment.text("ID"), wholeIds),
                        "Status|" + deployment.text("Status"),
                        "Description|" + deployment.text("StatusDescription")))
                + groups(deployment, zone);
    }

    /** The table of groups; columns that no group uses are left out. */
    private static String groups(Doc deployment, ZoneId zone) {
        Map<String, Doc> groups = new TreeMap<>(deployment.at("TaskGroups").members());
        if (groups.isEmpty()) {
            return "";
        }
        boolean revert = groups.values().stream().anyMatch(group -> group.is("AutoRevert"));
        boolean canaries = groups.values().stream().anyMatch(group -> group.number("DesiredCanaries") > 0);
        boolean deadline = groups.values().stream().anyMatch(group -> group.number("ProgressDeadline") != 0);
        List<String> rows = new ArrayList<>();
        rows.add("Task Group" + (revert ? "|Auto Revert" : "") + (canaries ? "|Promoted" : "") + "|Desired"
                + (canaries ? "|Canaries" : "") + "|Placed|Healthy|Unhealthy" + (deadline ? "|Progress Deadline" : ""));
        groups.forEach((name, group) -> rows.add(name
                + (revert ? "|" + group.is("AutoRevert") : "")
                + (canaries ? "|" + (group.number("DesiredCanaries") > 0 ? group.is("Promoted") : "N/A") : "")
                + "|" + group.number("DesiredTotal")
                + (canaries ? "|" + (group.number("DesiredCanaries") > 0 ? group.number("DesiredCanaries") : "N/A") : "")
                + "|" + group.number("PlacedAllocs") + "|" + group.number("HealthyAllocs") + "|" + group.number("UnhealthyAllocs")
                + (deadline ? "|" + Layout.time(group.time("RequireProgressBy"), zone) : "")));
        return "\n\nDeployed\n" + Layout.table(rows);
    }
}
