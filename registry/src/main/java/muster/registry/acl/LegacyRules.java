package muster.registry.acl;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import muster.hcl.ConfigTree.Node;
import muster.hcl.ConfigTree.Setting;
import muster.hcl.Value;
import muster.wire.GoQuote;

/** Rules of the system before policies in the words of today: what was a prefix without saying so says so. Pure. */
public final class LegacyRules {
    private static final Set<String> BY_PREFIX = Set.of("agent", "event", "key", "node", "query", "service", "session");
    private static final String INDENT = "  ";

    private LegacyRules() {}

    /** Translates, and lays out as the original's formatter does; throws {@link RulesException} for text that is no rules. */
    public static String translate(String text) {
        Node.Table table;
        try {
            table = RuleParser.tree(text);
        } catch (RulesException e) {
            throw new RulesException(e.getMessage().replaceFirst("^Failed to parse ACL rules", "Failed to parse rules"));
        }
        List<Setting> settings = new ArrayList<>();
        table.settings().values().forEach(settings::addAll);
        settings.sort(Comparator.comparingInt((Setting setting) -> setting.nameRange().start().line())
                .thenComparingInt(setting -> setting.nameRange().start().column()));
        List<String> paragraphs = new ArrayList<>();
        List<String[]> assignments = new ArrayList<>();
        for (Setting setting : settings) {
            if (setting.value() instanceof Node.Scalar scalar) {
                assignments.add(new String[] {setting.name(), text(scalar)});
            } else {
                end(assignments, paragraphs);
                String name = BY_PREFIX.contains(setting.name()) ? setting.name() + "_prefix" : setting.name();
                named(name, setting.value(), paragraphs);
            }
        }
        end(assignments, paragraphs);
        return String.join("\n\n", paragraphs);
    }

    private static void end(List<String[]> assignments, List<String> paragraphs) {
        if (!assignments.isEmpty()) {
            paragraphs.add(String.join("\n", aligned(assignments, "")));
            assignments.clear();
        }
    }

    private static void named(String rule, Node value, List<String> paragraphs) {
        switch (value) {
            case Node.Table table -> table.settings().forEach((name, inner) -> {
                for (Setting setting : inner) {
                    paragraphs.add(block(rule + " " + GoQuote.quote(name), setting.value()));
                }
            });
            case Node.Items items -> items.items().forEach(item -> named(rule, item, paragraphs));
            case Node.Scalar scalar -> paragraphs.add(rule + " = " + text(scalar));
        }
    }

    private static String block(String head, Node value) {
        List<String[]> assignments = new ArrayList<>();
        if (value instanceof Node.Table table) {
            table.settings().forEach((name, settings) -> settings.forEach(setting -> {
                if (setting.value() instanceof Node.Scalar scalar) {
                    assignments.add(new String[] {name, text(scalar)});
                }
            }));
        }
        return assignments.isEmpty()
                ? head + " {}"
                : head + " {\n" + String.join("\n", aligned(assignments, INDENT)) + "\n}";
    }

    private static List<String> aligned(List<String[]> assignments, String indent) {
        int widest = assignments.stream().mapToInt(pair -> pair[0].length()).max().orElse(0);
        return assignments.stream().map(pair -> indent + pair[0] + " ".repeat(widest - pair[0].length()) + " = " + pair[1]).toList();
    }

    private static String text(Node.Scalar scalar) {
        return switch (scalar.value()) {
            case Value.Text(String text) -> GoQuote.quote(text);
            case Value.Bool(boolean truth) -> String.valueOf(truth);
            case Value.Number number -> number.value().toPlainString();
            case Value.Null nothing -> "null";
            case Value.Unknown unknown -> "null";
            case Value.Sequence sequence -> "[]";
            case Value.Mapping mapping -> "{}";
        };
    }
}
