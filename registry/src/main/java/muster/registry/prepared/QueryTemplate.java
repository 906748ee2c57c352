package muster.registry.prepared;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A prepared query whose texts hold {@code ${...}} for parts of the name under which it is asked for. Immutable.
 * (Consul HTTP API: Prepared Query Templates)
 */
public final class QueryTemplate {
    private static final String PREFIX_MATCH = "name_prefix_match";

    private final PreparedQuery query;
    private final Optional<Pattern> regexp;

    private QueryTemplate(PreparedQuery query, Optional<Pattern> regexp) {
        this.query = query;
        this.regexp = regexp;
    }

    /** Reads a query's template and renders it once; fails with {@link TemplateException} in Consul's words. */
    public static QueryTemplate of(PreparedQuery query) {
        if (!query.template().type().equals(PREFIX_MATCH)) {
            throw new TemplateException("Bad Template.Type '" + query.template().type() + "'");
        }
        QueryTemplate template = new QueryTemplate(query, Optional.empty());
        template.renderedService(new Names("", query.name(), List.of()), true);
        String expression = query.template().regexp();
        if (!expression.isEmpty()) {
            try {
                template = new QueryTemplate(query, Optional.of(Pattern.compile(expression)));
            } catch (PatternSyntaxException e) {
                throw new TemplateException("Bad Regexp: error parsing regexp: " + e.getDescription()
                        + (e.getPattern() == null || e.getPattern().isEmpty() ? "" : ": `" + e.getPattern() + "`"));
            }
        }
        template.render(query.name());
        return template;
    }

    /** The query of a name. Fails with {@link TemplateException} where a text can't be rendered. */
    public PreparedQuery render(String name) {
        List<String> groups = new ArrayList<>();
        regexp.map(pattern -> pattern.matcher(name)).filter(Matcher::find).ifPresent(found -> {
            for (int i = 0; i <= found.groupCount(); i++) {
                groups.add(found.group(i) == null ? "" : found.group(i));
            }
        });
        return query.asking(renderedService(new Names(name, query.name(), groups), false));
    }

    /** What the texts may refer to: the asked name, the template's own, what the expression captured. */
    private record Names(String full, String prefix, List<String> groups) {
        /** A variable's text; empty for one that does not exist. */
        Optional<String> variable(String word) {
            return switch (word) {
                case "name.full" -> Optional.of(full);
                case "name.prefix" -> Optional.of(prefix);
                case "name.suffix" -> Optional.of(full.startsWith(prefix) ? full.substring(prefix.length()) : full);
                case "agent.segment" -> Optional.of("");
                default -> Optional.empty();
            };
        }

        String group(int number) {
            return number >= 0 && number < groups.size() ? groups.get(number) : "";
        }
    }

    private PreparedQuery.ServiceQuery renderedService(Names names, boolean syntaxOnly) {
        PreparedQuery.ServiceQuery from = query.service();
        List<String> tags = list(from.tags(), ".Tags", names, syntaxOnly);
        if (query.template().removeEmptyTags()) {
            tags = tags.stream().filter(tag -> !tag.isEmpty()).toList();
        }
        return new PreparedQuery.ServiceQuery(
                text(from.service(), ".Service", names, syntaxOnly),
                new PreparedQuery.Failover(from.failover().nearestN(),
                        list(from.failover().datacenters(), ".Failover.Datacenters", names, syntaxOnly)),
                from.onlyPassing(),
                list(from.ignoreCheckIds(), ".IgnoreCheckIDs", names, syntaxOnly),
                text(from.near(), ".Near", names, syntaxOnly),
                tags,
                map(from.nodeMeta(), ".NodeMeta", names, syntaxOnly),
                map(from.serviceMeta(), ".ServiceMeta", names, syntaxOnly),
                from.connect());
    }

    private static List<String> list(List<String> texts, String path, Names names, boolean syntaxOnly) {
        List<String> rendered = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            rendered.add(text(texts.get(i), path + "[" + i + "]", names, syntaxOnly));
        }
        return rendered;
    }

    private static Map<String, String> map(Map<String, String> texts, String path, Names names, boolean syntaxOnly) {
        Map<String, String> rendered = new TreeMap<>();
        texts.forEach((key, value) -> rendered.put(key, text(value, path + "[" + key + "]", names, syntaxOnly)));
        return rendered;
    }

    /** A text with every {@code ${...}} replaced; {@code $${} stands for itself without the first sign. */
    private static String text(String source, String path, Names names, boolean syntaxOnly) {
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < source.length()) {
            if (source.startsWith("$${", at)) {
                out.append("${");
                at += 3;
            } else if (source.startsWith("${", at)) {
                int end = source.indexOf('}', at);
                if (end < 0) {
                    throw bad("Bad format", source, path, "expected \"}\" but found end of string");
                }
                out.append(value(source, source.substring(at + 2, end).trim(), path, names, syntaxOnly));
                at = end + 1;
            } else {
                out.append(source.charAt(at++));
            }
        }
        return out.toString();
    }

    private static String value(String source, String expression, String path, Names names, boolean syntaxOnly) {
        if (expression.isEmpty()) {
            throw bad("Bad format", source, path, "expected expression but found \"}\"");
        }
        if (expression.endsWith(")") && expression.contains("(")) {
            String function = expression.substring(0, expression.indexOf('(')).trim();
            String argument = expression.substring(expression.indexOf('(') + 1, expression.length() - 1).trim();
            if (!function.equals("match")) {
                throw bad("Bad evaluation for", source, path, "unknown function called: " + function);
            }
            if (!argument.matches("[0-9]{1,9}")) {
                throw bad("Bad evaluation for", source, path, "match: argument 1 should be type int, got \"" + argument + "\"");
            }
            return names.group(Integer.parseInt(argument));
        }
        if (!expression.matches("[A-Za-z_][A-Za-z0-9_.*-]*")) {
            throw bad("Bad format", source, path, "unexpected expression \"" + expression + "\"");
        }
        return names.variable(expression).orElseGet(() -> {
            if (syntaxOnly) {
                return "";
            }
            throw bad("Bad evaluation for", source, path, "unknown variable accessed: " + expression);
        });
    }

    private static TemplateException bad(String what, String source, String path, String reason) {
        return new TemplateException(what + " '" + source + "' in Service" + path + ": " + reason);
    }

    /** A template that can't be read or rendered; the message is for who wrote it. */
    public static final class TemplateException extends RuntimeException {
        TemplateException(String message) {
            super(message, null, false, false);
        }
    }
}
