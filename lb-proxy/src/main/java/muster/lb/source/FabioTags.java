package muster.lb.source;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import muster.lb.route.Nearest;
import muster.lb.route.Problem;
import muster.lb.route.RouteCommand;
import muster.lb.route.RouteScript;
import muster.lb.route.TargetUrl;
import muster.registry.client.ServiceInstance;

/**
 * Route commands out of an instance's tags: {@code urlprefix-[HOST]/PATH [OPTIONS]}, {@code urlprefix-:PORT proto=tcp} (Fabio:
 * "Quickstart", "Config language"). A tag that can't be understood is named as a problem; the others still count. Pure.
 */
public record FabioTags(List<RouteCommand.Add> commands, List<Problem> problems) {
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:\\{([A-Za-z0-9_]*)\\}|([A-Za-z_][A-Za-z0-9_]*))");

    public FabioTags {
        commands = List.copyOf(commands);
        problems = List.copyOf(problems);
    }

    /** Reads the tags of one instance. */
    public static FabioTags of(ServiceInstance instance, String prefix) {
        List<String> plain = instance.tags().stream().filter(tag -> !tag.startsWith(prefix)).toList();
        List<RouteCommand.Add> commands = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        for (String tag : instance.tags()) {
            if (tag.startsWith(prefix)) {
                try {
                    commands.add(command(instance, tag.substring(prefix.length()).strip(), plain));
                } catch (IllegalArgumentException e) {
                    problems.add(problem(instance, tag, place(tag, prefix, e.getMessage()) + e.getMessage()));
                }
            } else if (isNearMiss(tag, prefix)) {
                problems.add(problem(instance, tag, "it makes no route; did you mean " + prefix + tag.substring(tag.indexOf('-') + 1) + "?"));
            }
        }
        return new FabioTags(commands, problems);
    }

    /** Whether a tag is meant as a route, rightly spelt or nearly so. */
    static boolean concerns(String tag, String prefix) {
        return tag.startsWith(prefix) || isNearMiss(tag, prefix);
    }

    private static Problem problem(ServiceInstance instance, String tag, String text) {
        return new Problem("service " + instance.name() + ", instance " + instance.id() + ", tag \"" + tag + "\"", text);
    }

    /** Where in the tag the mistake is: at the option that the text begins with, else where the route begins. */
    private static String place(String tag, String prefix, String text) {
        int end = 0;
        while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
            end++;
        }
        int at = text.indexOf('=') > 0 && text.indexOf('=') < end ? tag.indexOf(text.substring(0, end)) : -1;
        return "at character " + ((at < 0 ? Math.min(prefix.length(), tag.length() - 1) : at) + 1) + ": ";
    }

    /** Whether a tag looks like a route but for the spelling of the prefix. */
    private static boolean isNearMiss(String tag, String prefix) {
        int hyphen = tag.indexOf('-');
        return hyphen > 0 && tag.indexOf('/') > hyphen && !tag.substring(0, hyphen + 1).equals(prefix)
                && Nearest.to(tag.substring(0, hyphen + 1).toLowerCase(Locale.ROOT), List.of(prefix)).isPresent();
    }

    private static RouteCommand.Add command(ServiceInstance instance, String text, List<String> plainTags) {
        int blank = blank(text);
        String source = source(text.substring(0, blank), instance.node().datacenter());
        SortedMap<String, String> options = RouteScript.options(text.substring(blank));
        String scheme = scheme(options, source);
        String target = scheme + "://" + authority(instance) + (scheme.equals("http") ? "/" : "");
        String redirect = options.get("redirect");
        if (redirect != null) {
            int comma = redirect.indexOf(',');
            if (comma < 0) {
                throw new IllegalArgumentException("redirect=" + redirect + " lacks the address: redirect=301,https://host$path");
            }
            options.put("redirect", redirect.substring(0, comma));
            target = redirect.substring(comma + 1);
        }
        TargetUrl.parse(target);
        return new RouteCommand.Add(named(instance.name()), source, target, weight(options), plainTags, options);
    }

    private static int blank(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isWhitespace(text.charAt(i))) {
                return i;
            }
        }
        return text.length();
    }

    private static String source(String text, String datacenter) {
        String source = VARIABLE.matcher(text).replaceAll(variable ->
                Matcher.quoteReplacement("DC".equals(variable.group(1) == null ? variable.group(2) : variable.group(1)) ? datacenter : ""));
        if (source.isEmpty()) {
            throw new IllegalArgumentException("it names no path: /PATH, HOST/PATH or :PORT is right");
        }
        if (source.indexOf('"') >= 0) {
            throw new IllegalArgumentException("a path can't hold a double quote");
        }
        if (source.startsWith(":")) {
            return source;
        }
        int slash = source.indexOf('/');
        String host = (slash < 0 ? source : source.substring(0, slash)).toLowerCase(Locale.ROOT);
        return host + (slash < 0 ? "/" : source.substring(slash));
    }

    private static String scheme(SortedMap<String, String> options, String source) {
        String proto = options.getOrDefault("proto", "");
        switch (proto) {
            case "https", "tcp", "grpc", "grpcs" -> {
                options.remove("proto");
                return proto;
            }
            default -> {
                if (source.startsWith(":")) {
                    throw new IllegalArgumentException("a port alone needs proto=tcp behind it");
                }
                return "http";
            }
        }
    }

    private static double weight(SortedMap<String, String> options) {
        String text = options.remove("weight");
        if (text == null) {
            return 0;
        }
        try {
            double weight = Double.parseDouble(text);
            if (Double.isFinite(weight)) {
                return Math.max(0, weight);
            }
        } catch (NumberFormatException e) {
            // said below, in our words
        }
        throw new IllegalArgumentException("weight=" + text + " is no weight: a number such as 0.25");
    }

    private static String named(String service) {
        if (service.isEmpty() || service.chars().anyMatch(Character::isWhitespace)) {
            throw new IllegalArgumentException("a service's name with a blank can't be written as a route command");
        }
        return service;
    }

    private static String authority(ServiceInstance instance) {
        String address = instance.effectiveAddress();
        return (address.indexOf(':') >= 0 ? "[" + address + "]" : address) + ":" + instance.port();
    }
}
