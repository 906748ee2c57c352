package muster.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.wire.GoDuration;
import muster.wire.GoFlags;
import muster.wire.GoQuote;

/** {@code operator autopilot get-config} and {@code set-config}. */
final class OperatorAutopilot {
    static final Command GET = new Command("operator autopilot get-config", "Display the current Autopilot configuration", """
            Usage: consul operator autopilot get-config [options]

              Prints the rules by which servers join and leave the quorum.""", OperatorAutopilot::get);

    static final Command SET = new Command("operator autopilot set-config", "Modify the current Autopilot configuration", """
            Usage: consul operator autopilot set-config [options]

              Changes the rules that are given; the others stay.

              -cleanup-dead-servers=<bool>
              -last-contact-threshold=<duration>
              -max-trailing-logs=<number>
              -min-quorum=<number>
              -server-stabilization-time=<duration>
              -redundancy-zone-tag=<string>
              -disable-upgrade-migration=<bool>
              -upgrade-version-tag=<string>""", OperatorAutopilot::set);

    private static final String PATH = "/v1/operator/autopilot/configuration";

    private OperatorAutopilot() {}

    private static int get(Console console, List<String> args) {
        GoFlags flags = ConsulApi.reading().parse(args);
        boolean json = ConsulApi.json(flags);
        Doc rules;
        try {
            rules = ConsulApi.api(flags, console).get(ConsulApi.target(PATH, flags));
        } catch (ApiException e) {
            return console.fail("Error querying Autopilot configuration: " + e.getMessage());
        }
        if (json) {
            return ConsulApi.printJson(console, rules);
        }
        for (String name : List.of("CleanupDeadServers", "LastContactThreshold", "MaxTrailingLogs", "MinQuorum", "ServerStabilizationTime",
                "RedundancyZoneTag", "DisableUpgradeMigration", "UpgradeVersionTag")) {
            String text = rules.text(name);
            console.out().println(name + " = " + (name.endsWith("Tag") ? GoQuote.quote(text) : text));
        }
        return 0;
    }

    private static int set(Console console, List<String> args) {
        GoFlags flags = ConsulApi.flags().texts("cleanup-dead-servers", "last-contact-threshold", "max-trailing-logs", "min-quorum",
                "server-stabilization-time", "redundancy-zone-tag", "disable-upgrade-migration", "upgrade-version-tag").parse(args);
        Api api = ConsulApi.api(flags, console);
        Map<String, Object> rules = new LinkedHashMap<>();
        try {
            api.get(ConsulApi.target(PATH, flags)).members().forEach((name, value) -> rules.put(name, value.value()));
        } catch (ApiException e) {
            return console.fail("Error querying Autopilot configuration: " + e.getMessage());
        }
        truth(flags, "cleanup-dead-servers", rules, "CleanupDeadServers");
        truth(flags, "disable-upgrade-migration", rules, "DisableUpgradeMigration");
        duration(flags, "last-contact-threshold", rules, "LastContactThreshold");
        duration(flags, "server-stabilization-time", rules, "ServerStabilizationTime");
        number(flags, "max-trailing-logs", rules, "MaxTrailingLogs");
        number(flags, "min-quorum", rules, "MinQuorum");
        text(flags, "redundancy-zone-tag", rules, "RedundancyZoneTag");
        text(flags, "upgrade-version-tag", rules, "UpgradeVersionTag");
        try {
            Doc done = api.send("PUT", ConsulApi.target(PATH, flags, "cas=" + new Doc(rules.get("ModifyIndex")).text()), rules);
            if (!Boolean.TRUE.equals(done.value())) {
                return console.fail("Configuration could not be atomically updated, please try again");
            }
            console.out().println("Configuration updated!");
            return 0;
        } catch (ApiException e) {
            return console.fail("Error setting Autopilot configuration: " + e.getMessage());
        }
    }

    private static void text(GoFlags flags, String flag, Map<String, Object> rules, String name) {
        if (flags.has(flag)) {
            rules.put(name, flags.text(flag));
        }
    }

    static void number(GoFlags flags, String flag, Map<String, Object> rules, String name) {
        if (flags.has(flag)) {
            rules.put(name, flags.unsigned(flag, 0));
        }
    }

    static void truth(GoFlags flags, String flag, Map<String, Object> rules, String name) {
        if (flags.has(flag)) {
            rules.put(name, switch (flags.text(flag)) {
                case "1", "t", "T", "true", "TRUE", "True" -> true;
                case "0", "f", "F", "false", "FALSE", "False" -> false;
                default -> throw invalid(flags, flag);
            });
        }
    }

    static void duration(GoFlags flags, String flag, Map<String, Object> rules, String name) {
        if (flags.has(flag)) {
            GoDuration.tryParse(flags.text(flag)).orElseThrow(() -> invalid(flags, flag));
            rules.put(name, flags.text(flag));
        }
    }

    private static GoFlags.FlagException invalid(GoFlags flags, String flag) {
        return new GoFlags.FlagException("invalid value \"" + flags.text(flag) + "\" for flag -" + flag + ": parse error");
    }
}
