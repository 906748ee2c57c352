package muster.registry.acl;

import java.util.ArrayList;
import java.util.List;
import muster.hcl.ConfigTree;
import muster.hcl.ConfigTree.Node;
import muster.hcl.ConfigTree.Setting;
import muster.hcl.Diagnostics;
import muster.hcl.Value;
import muster.wire.GoQuote;

/**
 * The rule language, in HCL or JSON. (Consul: ACL rules) Names that it does not know mean nothing, as in the original, so that
 * policies written for later versions are taken. Pure.
 */
public final class RuleParser {
    private static final int MAX_LENGTH = 1 << 20;
    private static final String NONE = "";

    private final Rules.Builder rules = new Rules.Builder();
    private final List<String> unknown = new ArrayList<>();

    private final boolean legacy;

    private RuleParser(boolean legacy) {
        this.legacy = legacy;
    }

    /**
     * What a text says.
     *
     * @param unknown names of rules that mean nothing
     */
    public record Parsed(Rules rules, List<String> unknown) {}

    /** Reads rules; throws {@link RulesException} for text that is none. */
    public static Parsed parse(String text) {
        return parse(text, false);
    }

    /** Reads rules of the system before policies, where each name is a prefix. */
    public static Parsed parseLegacy(String text) {
        return parse(text, true);
    }

    private static Parsed parse(String text, boolean legacy) {
        if (text.isBlank()) {
            return new Parsed(Rules.NONE, List.of());
        }
        RuleParser parser = new RuleParser(legacy);
        parser.read(tree(text));
        return new Parsed(parser.rules.done(), List.copyOf(parser.unknown));
    }

    /** The text as a tree of settings; throws {@link RulesException} with Consul's beginning. */
    static Node.Table tree(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new RulesException("Failed to parse ACL rules: the rules have " + text.length() + " characters, at most "
                    + MAX_LENGTH + " are taken; use several policies");
        }
        Diagnostics diagnostics = new Diagnostics();
        Node.Table table = ConfigTree.read("rules", text, diagnostics);
        if (diagnostics.hasErrors()) {
            throw new RulesException("Failed to parse ACL rules: " + diagnostics.brief());
        }
        return table;
    }

    private void read(Node.Table table) {
        table.settings().forEach((name, settings) -> settings.forEach(setting -> read(name, setting.value())));
    }

    private void read(String name, Node value) {
        switch (name) {
            case "acl" -> whole(Resource.ACL, value);
            case "keyring" -> whole(Resource.KEYRING, value);
            case "operator" -> whole(Resource.OPERATOR, value);
            case "agent", "agent_prefix" -> named(name, Resource.AGENT, value);
            case "event", "event_prefix" -> named(name, Resource.EVENT, value);
            case "key", "key_prefix" -> named(name, Resource.KEY, value);
            case "node", "node_prefix" -> named(name, Resource.NODE, value);
            case "query", "query_prefix" -> named(name, Resource.QUERY, value);
            case "service", "service_prefix" -> named(name, Resource.SERVICE, value);
            case "session", "session_prefix" -> named(name, Resource.SESSION, value);
            default -> unknown.add(name);
        }
    }

    private void whole(Resource resource, Node value) {
        String word = text(value, resource.toString());
        if (!word.isEmpty()) {
            rules.whole(resource, Level.of(word).filter(level -> level != Level.LIST).orElseThrow(
                    () -> new RulesException("Invalid " + resource + " policy: " + GoQuote.quote(word))));
        }
    }

    /** One or more tables of names, each with a table of what holds for it. */
    private void named(String rule, Resource resource, Node value) {
        for (Node.Table table : tables(value, rule)) {
            table.settings().forEach((name, settings) -> {
                for (Setting setting : settings) {
                    tables(setting.value(), rule).forEach(inner -> rule(rule, resource, name, inner));
                }
            });
        }
    }

    private void rule(String rule, Resource resource, String name, Node.Table table) {
        String policy = word(table, "policy");
        Level level = Level.of(policy).filter(found -> found != Level.LIST || resource == Resource.KEY)
                .orElseThrow(() -> invalid(rule, "", resource, name, policy, word(table, "intentions")));
        add(rule, resource, name, level);
        if (resource == Resource.SERVICE) {
            add(rule, Resource.INTENTION, name, intentions(rule, name, table, level));
        }
    }

    /** Who may see a service may see its intentions, unless the rule says otherwise. */
    private static Level intentions(String rule, String name, Node.Table table, Level service) {
        String word = word(table, "intentions");
        if (word.isEmpty()) {
            return service == Level.DENY ? Level.DENY : Level.READ;
        }
        return Level.of(word).filter(level -> level != Level.LIST).orElseThrow(
                () -> invalid(rule, " intentions", Resource.SERVICE, name, word(table, "policy"), word));
    }

    private void add(String rule, Resource resource, String name, Level level) {
        if (legacy || rule.endsWith("_prefix")) {
            rules.prefix(resource, name, level);
        } else {
            rules.exact(resource, name, level);
        }
    }

    /** Shows the rule as the original's debugger would, since that is what its message is made of. */
    private static RulesException invalid(
            String rule, String part, Resource resource, String name, String policy, String intentions) {
        String type = switch (resource) {
            case AGENT -> "AgentRule{Node:";
            case EVENT -> "EventRule{Event:";
            case KEY -> "KeyRule{Prefix:";
            case NODE -> "NodeRule{Name:";
            case QUERY -> "PreparedQueryRule{Prefix:";
            case SERVICE -> "ServiceRule{Name:";
            case SESSION -> "SessionRule{Node:";
            case ACL, INTENTION, KEYRING, OPERATOR -> "Rule{Name:";
        };
        String more = resource == Resource.SERVICE ? ", Intentions:" + GoQuote.quote(intentions) : "";
        return new RulesException("Invalid " + rule + part + " policy: acl." + type + GoQuote.quote(name) + ", Policy:"
                + GoQuote.quote(policy) + more + ", EnterpriseRule:acl.EnterpriseRule{}}");
    }

    private static List<Node.Table> tables(Node node, String rule) {
        return switch (node) {
            case Node.Table table -> List.of(table);
            case Node.Items items -> items.items().stream().flatMap(item -> tables(item, rule).stream()).toList();
            case Node.Scalar scalar -> throw new RulesException("Failed to parse ACL rules: " + scalar.range()
                    + ": " + rule + " needs a name and a block with its policy");
        };
    }

    private static String word(Node.Table table, String name) {
        List<Setting> settings = table.settings().getOrDefault(name, List.of());
        return settings.isEmpty() ? NONE : text(settings.getLast().value(), name);
    }

    private static String text(Node node, String name) {
        return switch (node) {
            case Node.Scalar(Value.Text(String text), var range) -> text;
            case Node.Scalar scalar -> throw new RulesException("Failed to parse ACL rules: " + scalar.range() + ": " + name
                    + " has to be a text");
            case Node.Table table -> throw notText(name, table);
            case Node.Items items -> throw notText(name, items);
        };
    }

    private static RulesException notText(String name, Node node) {
        return new RulesException("Failed to parse ACL rules: " + node.range() + ": " + name + " has to be a text");
    }
}
