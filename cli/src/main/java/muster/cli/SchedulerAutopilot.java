package muster.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.wire.GoFlags;
import muster.wire.Json;

/** Nomad's {@code operator autopilot get-config}, {@code set-config} and {@code health}. */
final class SchedulerAutopilot {
    static final Command GET = new Command("operator autopilot get-config", "Display the current Autopilot configuration", """
            Usage: nomad operator autopilot get-config [options]

              Prints the rules by which servers join and leave the log.""", SchedulerAutopilot::get);

    static final Command SET = new Command("operator autopilot set-config", "Modify the current Autopilot configuration", """
            Usage: nomad operator autopilot set-config [options]

              Changes the rules that are given; the others stay.

              -cleanup-dead-servers=<bool>
              -last-contact-threshold=<duration>
              -max-trailing-logs=<number>
              -min-quorum=<number>
              -server-stabilization-time=<duration>
              -enable-redundancy-zones=<bool>
              -disable-upgrade-migration=<bool>
              -enable-custom-upgrades=<bool>""", SchedulerAutopilot::set);

    static final Command HEALTH = new Command("operator autopilot health", "Display the current Autopilot health", """
            Usage: nomad operator autopilot health [options]

              Says how each server does, and how many more may fail.""", SchedulerAutopilot::health);

    private static final String PATH = "/v1/operator/autopilot/configuration";

    private SchedulerAutopilot() {}

    private static int get(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().parse(args);
        Doc rules;
        try {
            rules = NomadApi.api(flags, console).get(NomadApi.target(PATH, flags, console));
        } catch (ApiException e) {
            return console.fail("Error querying Autopilot configuration: " + e.getMessage());
        }
        for (String name : List.of("CleanupDeadServers", "LastContactThreshold", "MaxTrailingLogs", "MinQuorum", "ServerStabilizationTime",
                "EnableRedundancyZones", "DisableUpgradeMigration", "EnableCustomUpgrades")) {
            console.out().println(name + " = " + rules.text(name));
        }
        return 0;
    }

    private static int set(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().texts("cleanup-dead-servers", "last-contact-threshold", "max-trailing-logs", "min-quorum",
                "server-stabilization-time", "enable-redundancy-zones", "disable-upgrade-migration", "enable-custom-upgrades").parse(args);
        Api api = NomadApi.api(flags, console);
        Map<String, Object> rules = new LinkedHashMap<>();
        try {
            api.get(NomadApi.target(PATH, flags, console)).members().forEach((name, value) -> rules.put(name, value.value()));
        } catch (ApiException e) {
            return console.fail("Error querying for Autopilot configuration: " + e.getMessage());
        }
        OperatorAutopilot.truth(flags, "cleanup-dead-servers", rules, "CleanupDeadServers");
        OperatorAutopilot.truth(flags, "enable-redundancy-zones", rules, "EnableRedundancyZones");
        OperatorAutopilot.truth(flags, "disable-upgrade-migration", rules, "DisableUpgradeMigration");
        OperatorAutopilot.truth(flags, "enable-custom-upgrades", rules, "EnableCustomUpgrades");
        OperatorAutopilot.duration(flags, "last-contact-threshold", rules, "LastContactThreshold");
        OperatorAutopilot.duration(flags, "server-stabilization-time", rules, "ServerStabilizationTime");
        OperatorAutopilot.number(flags, "max-trailing-logs", rules, "MaxTrailingLogs");
        OperatorAutopilot.number(flags, "min-quorum", rules, "MinQuorum");
        try {
            Doc done = api.send("PUT", NomadApi.target(PATH, flags, console, "cas=" + new Doc(rules.get("ModifyIndex")).text()), rules);
            if (!Boolean.TRUE.equals(done.value())) {
                return console.fail("Configuration could not be atomically updated, please try again");
            }
            console.out().println("Configuration updated!");
            return 0;
        } catch (ApiException e) {
            return console.fail("Error setting Autopilot configuration: " + e.getMessage());
        }
    }

    private static int health(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().switches("json").parse(args);
        Doc health;
        try {
            // A cluster that is not well is told with a status of its own.
            Api.Answer answer = NomadApi.api(flags, console).call("GET", NomadApi.target("/v1/operator/autopilot/health", flags, console), new byte[0]);
            health = new Doc(Json.parse(answer.status() == 429 ? answer.body() : Api.good(answer).body()));
        } catch (ApiException e) {
            return console.fail("Error querying Autopilot health: " + e.getMessage());
        }
        if (flags.on("json")) {
            console.out().println(Layout.json(health.value()));
            return 0;
        }
        console.out().println("Healthy: " + health.is("Healthy"));
        console.out().println("FailureTolerance: " + health.text("FailureTolerance"));
        List<String> rows = new ArrayList<>(List.of("Name|ID|Address|Status|Version|Leader|Voter|Healthy|LastContact|LastIndex"));
        for (Doc server : health.list("Servers")) {
            rows.add(String.join("|", server.text("Name"), server.text("ID"), server.text("Address"), server.text("SerfStatus"), server.text("Version"),
                    String.valueOf(server.is("Leader")), String.valueOf(server.is("Voter")), String.valueOf(server.is("Healthy")),
                    server.text("LastContact"), server.text("LastIndex")));
        }
        console.out().println();
        console.out().println(Layout.table(rows));
        return 0;
    }
}
