package muster.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import muster.wire.GoFlags;

/** {@code scaling policy list|info}. */
final class ScalingPolicies {
    static final Command LIST = new Command("scaling policy list", "Display all scaling policies", """
            Usage: nomad scaling policy list [options]

              Lists the scaling policies of the jobs that run.

            List Options:

              -job=<id>              of this job alone
              -type=<type>           of this type alone, as horizontal
              -verbose               whole ids
            """ + Formatted.HELP, ScalingPolicies::list);
    static final Command INFO = new Command("scaling policy info", "Display an individual Nomad scaling policy", """
            Usage: nomad scaling policy info [options] <policy_id>

              Shows a scaling policy.

            Info Options:

              -verbose               whole ids
            """ + Formatted.HELP, ScalingPolicies::info);

    private ScalingPolicies() {}

    private static int list(Console console, List<String> args) {
        GoFlags flags = Formatted.flags(NomadApi.flags()).switches("verbose").texts("job", "type").parse(args);
        if (!flags.rest().isEmpty()) {
            return NomadApi.usage(console, "This command takes no arguments", "scaling policy list");
        }
        Doc policies;
        try {
            policies = NomadApi.api(flags, console).get(NomadApi.target("/v1/scaling/policies", flags, console,
                    flags.has("job") ? "job=" + ConsulApi.encode(flags.text("job")) : "",
                    flags.has("type") ? "type=" + ConsulApi.encode(flags.text("type")) : ""));
        } catch (ApiException e) {
            return console.fail("Error listing scaling policies: " + e.getMessage());
        }
        if (Formatted.isWanted(flags)) {
            return Formatted.print(console, flags, policies.value());
        }
        console.out().println(policies.list().isEmpty() ? "No policies found" : table(policies.list(), flags.on("verbose")));
        return 0;
    }

    private static String table(List<Doc> policies, boolean verbose) {
        List<String> rows = new ArrayList<>(List.of("ID|Enabled|Type|Target"));
        policies.stream().sorted(Comparator.comparing((Doc policy) -> policy.text("Type")).thenComparing(ScalingPolicies::target))
                .forEach(policy -> rows.add(Layout.id(policy.text("ID"), verbose) + "|" + policy.is("Enabled") + "|" + policy.text("Type") + "|"
                        + target(policy)));
        return Layout.table(rows);
    }

    /** From the outside inwards. */
    private static String target(Doc policy) {
        List<String> order = List.of("Namespace", "Job", "Group", "Task");
        return policy.at("Target").members().entrySet().stream()
                .sorted(Comparator.comparingInt((java.util.Map.Entry<String, Doc> part) ->
                        order.contains(part.getKey()) ? order.indexOf(part.getKey()) : order.size()).thenComparing(java.util.Map.Entry::getKey))
                .map(part -> part.getKey() + ":" + part.getValue().text()).collect(Collectors.joining(","));
    }

    private static int info(Console console, List<String> args) {
        GoFlags flags = Formatted.flags(NomadApi.flags()).switches("verbose").parse(args);
        Api api = NomadApi.api(flags, console);
        if (flags.rest().isEmpty() && Formatted.isWanted(flags)) {
            try {
                return Formatted.print(console, flags, api.get(NomadApi.target("/v1/scaling/policies", flags, console)).value());
            } catch (ApiException e) {
                return console.fail("Error listing scaling policies: " + e.getMessage());
            }
        }
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, """
                    This command takes one of the following argument conditions:
                     * A single <policy_id>
                     * No arguments, with output format specified""", "scaling policy info");
        }
        String wanted = flags.rest().getFirst();
        if (wanted.length() < 2) {
            return console.fail("Identifier must contain at least two characters.");
        }
        try {
            List<Doc> found = api.get(NomadApi.target("/v1/scaling/policies", flags, console)).list().stream()
                    .filter(policy -> policy.text("ID").startsWith(wanted)).toList();
            if (found.isEmpty()) {
                return console.fail("No scaling policies with prefix or id \"" + wanted + "\" found");
            }
            if (found.size() > 1) {
                console.out().println("Prefix matched multiple scaling policies\n\n" + table(found, true));
                return 0;
            }
            Doc policy = api.get(NomadApi.target("/v1/scaling/policy/" + found.getFirst().text("ID"), flags, console));
            if (Formatted.isWanted(flags)) {
                return Formatted.print(console, flags, policy.value());
            }
            String rules = policy.at("Policy").isNull() || policy.at("Policy").members().isEmpty() ? "<empty>" : Layout.json(policy.at("Policy").value());
            console.out().println(Layout.values(List.of("ID|" + Layout.id(policy.text("ID"), flags.on("verbose")),
                    "Enabled|" + policy.is("Enabled"), "Target|" + target(policy), "Min|" + policy.text("Min"), "Max|" + policy.text("Max")))
                    + "\n\nPolicy:\n" + rules);
            return 0;
        } catch (ApiException e) {
            return console.fail("Error querying scaling policy: " + e.getMessage());
        }
    }
}
