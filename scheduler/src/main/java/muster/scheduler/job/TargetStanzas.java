package muster.scheduler.job;

import java.util.List;
import java.util.Map;

/** The blocks of a job file that say where it is to be placed, and the several ways to write them. */
final class TargetStanzas {
    private static final List<String> OPERATORS =
            List.of("version", "semver", "regexp", "set_contains", "distinct_property");

    private TargetStanzas() {}

    static Stanza constraint() {
        return Stanza.of()
                .text("attribute", "LTarget", "operator", "Operand", "value", "RTarget")
                .text("version", "version", "semver", "semver", "regexp", "regexp", "set_contains", "set_contains")
                .text("set_contains_all", "set_contains_all", "set_contains_any", "set_contains_any")
                .text("distinct_property", "distinct_property")
                .bool("distinct_hosts", "distinct_hosts")
                .finishedBy(TargetStanzas::shortConstraint);
    }

    static Stanza affinity() {
        return Stanza.of()
                .text("attribute", "LTarget", "operator", "Operand", "value", "RTarget")
                .text("version", "version", "semver", "semver", "regexp", "regexp", "set_contains", "set_contains")
                .text("set_contains_all", "set_contains_all", "set_contains_any", "set_contains_any")
                .number("weight", "Weight")
                .finishedBy(TargetStanzas::shortAffinity);
    }

    static Stanza spread() {
        return Stanza.of()
                .text("attribute", "Attribute")
                .number("weight", "Weight")
                .labelled("target", "SpreadTarget", "Value",
                        Stanza.of().number("percent", "Percent").text("value", "Value"));
    }

    private static void shortConstraint(Map<String, Object> tree) {
        operators(tree);
        Object distinctHosts = tree.remove("distinct_hosts");
        if (Boolean.TRUE.equals(distinctHosts)) {
            tree.put("Operand", "distinct_hosts");
        }
        tree.remove("set_contains_all");
        tree.remove("set_contains_any");
        tree.putIfAbsent("Operand", "=");
    }

    private static void shortAffinity(Map<String, Object> tree) {
        operators(tree);
        for (String name : List.of("set_contains_all", "set_contains_any")) {
            Object value = tree.remove(name);
            if (value != null) {
                tree.put("Operand", name);
                tree.put("RTarget", value);
            }
        }
        tree.putIfAbsent("Operand", "=");
    }

    private static void operators(Map<String, Object> tree) {
        for (String operator : OPERATORS) {
            Object value = tree.remove(operator);
            if (value != null) {
                tree.put("Operand", operator);
                tree.put(operator.equals("distinct_property") ? "LTarget" : "RTarget", value);
            }
        }
        tree.putIfAbsent("LTarget", "");
        tree.putIfAbsent("RTarget", "");
    }
}
