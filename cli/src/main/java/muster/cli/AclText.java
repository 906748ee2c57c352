package muster.cli;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import muster.wire.GoDuration;
import muster.wire.GoFlags;
import muster.wire.GoTime;
import muster.wire.Json;

/** What access control is made of, as its commands print it. Pure. */
final class AclText {
    private AclText() {}

    /** Prints an answer: as JSON where that is asked for, else in the given form. */
    static int print(Console console, GoFlags flags, Doc answer, Function<Doc, String> form) {
        switch (flags.text("format", "pretty")) {
            case "json" -> console.out().println(
                    new String(Json.write(answer.value(), true), StandardCharsets.UTF_8).stripTrailing());
            case "pretty" -> {
                String text = form.apply(answer);
                if (!text.isEmpty()) {
                    console.out().println(text);
                }
            }
            default -> {
                return console.fail("Unknown format: " + flags.text("format"));
            }
        }
        return 0;
    }

    static String token(Doc token, boolean meta) {
        StringBuilder text = new StringBuilder();
        tokenHead(text, token);
        meta(text, token, meta, "", 18);
        links(text, token, "");
        if (!token.text("Rules").isEmpty()) {
            text.append("Rules:\n").append(token.text("Rules")).append('\n');
        }
        return text.toString();
    }

    static String tokens(Doc tokens, boolean meta) {
        StringBuilder text = new StringBuilder();
        for (Doc token : tokens.list()) {
            if (!text.isEmpty()) {
                text.append('\n');
            }
            tokenHead(text, token);
            line(text, "", "Legacy", String.valueOf(token.is("Legacy")), 18);
            meta(text, token, meta, "", 18);
            links(text, token, "");
        }
        return text.toString();
    }

    private static void tokenHead(StringBuilder text, Doc token) {
        line(text, "", "AccessorID", token.text("AccessorID"), 18);
        if (!token.text("SecretID").isEmpty()) {
            line(text, "", "SecretID", token.text("SecretID"), 18);
        }
        line(text, "", "Description", token.text("Description"), 18);
        line(text, "", "Local", String.valueOf(token.is("Local")), 18);
        if (!token.text("AuthMethod").isEmpty()) {
            line(text, "", "Auth Method", token.text("AuthMethod") + " (Namespace: )", 18);
        }
        line(text, "", "Create Time", time(token.time("CreateTime")), 18);
        if (token.time("ExpirationTime") != null) {
            line(text, "", "Expiration Time", time(token.time("ExpirationTime")), 18);
        }
    }

    /** As Go prints a time in UTC. */
    private static String time(Instant time) {
        return time == null ? "0001-01-01 00:00:00 +0000 UTC"
                : GoTime.rfc3339(time, ZoneOffset.UTC, true).replace('T', ' ').replaceFirst("Z$", "") + " +0000 UTC";
    }

    static String policy(Doc policy, boolean meta) {
        StringBuilder text = new StringBuilder();
        line(text, "", "ID", policy.text("ID"), 14);
        line(text, "", "Name", policy.text("Name"), 14);
        line(text, "", "Description", policy.text("Description"), 14);
        line(text, "", "Datacenters", policy.join("Datacenters", ", "), 14);
        meta(text, policy, meta, "", 14);
        return text.append("Rules:\n").append(policy.text("Rules")).toString();
    }

    static String policies(Doc policies, boolean meta) {
        StringBuilder text = new StringBuilder();
        for (Doc policy : policies.list()) {
            text.append(policy.text("Name")).append(":\n");
            line(text, "   ", "ID", policy.text("ID"), 14);
            line(text, "   ", "Description", policy.text("Description"), 14);
            line(text, "   ", "Datacenters", policy.join("Datacenters", ", "), 14);
            meta(text, policy, meta, "   ", 14);
        }
        return text.toString();
    }

    static String role(Doc role, boolean meta) {
        StringBuilder text = new StringBuilder();
        line(text, "", "ID", role.text("ID"), 14);
        line(text, "", "Name", role.text("Name"), 14);
        line(text, "", "Description", role.text("Description"), 14);
        meta(text, role, meta, "", 14);
        links(text, role, "");
        return text.toString();
    }

    static String roles(Doc roles, boolean meta) {
        StringBuilder text = new StringBuilder();
        for (Doc role : roles.list()) {
            text.append(role.text("Name")).append(":\n");
            line(text, "   ", "ID", role.text("ID"), 14);
            line(text, "   ", "Description", role.text("Description"), 14);
            meta(text, role, meta, "   ", 14);
            links(text, role, "   ");
        }
        return text.toString();
    }

    static String method(Doc method, boolean meta) {
        StringBuilder text = new StringBuilder();
        line(text, "", "Name", method.text("Name"), 14);
        methodBody(text, method, meta, "");
        text.append("Config:\n").append(new String(Json.write(method.at("Config").value(), true),
                StandardCharsets.UTF_8).stripTrailing());
        return text.toString();
    }

    static String methods(Doc methods, boolean meta) {
        StringBuilder text = new StringBuilder();
        for (Doc method : methods.list()) {
            text.append(method.text("Name")).append(":\n");
            methodBody(text, method, meta, "   ");
        }
        return text.toString();
    }

    private static void methodBody(StringBuilder text, Doc method, boolean meta, String indent) {
        line(text, indent, "Type", method.text("Type"), 14);
        if (!method.text("DisplayName").isEmpty()) {
            line(text, indent, "DisplayName", method.text("DisplayName"), 14);
        }
        line(text, indent, "Description", method.text("Description"), 14);
        if (!method.text("MaxTokenTTL").isEmpty()) {
            line(text, indent, "MaxTokenTTL", GoDuration.format(GoDuration.tryParse(method.text("MaxTokenTTL")).orElse(Duration.ZERO)), 14);
        }
        if (!method.text("TokenLocality").isEmpty()) {
            line(text, indent, "TokenLocality", method.text("TokenLocality"), 14);
        }
        if (meta) {
            line(text, indent, "Create Index", method.text("CreateIndex"), 14);
            line(text, indent, "Modify Index", method.text("ModifyIndex"), 14);
        }
    }

    static String rule(Doc rule, boolean meta) {
        StringBuilder text = new StringBuilder();
        line(text, "", "ID", rule.text("ID"), 14);
        ruleBody(text, rule, meta, "");
        return text.toString();
    }

    static String rules(Doc rules, boolean meta) {
        StringBuilder text = new StringBuilder();
        for (Doc rule : rules.list()) {
            text.append(rule.text("ID")).append(":\n");
            ruleBody(text, rule, meta, "   ");
        }
        return text.toString();
    }

    private static void ruleBody(StringBuilder text, Doc rule, boolean meta, String indent) {
        line(text, indent, "AuthMethod", rule.text("AuthMethod"), 14);
        line(text, indent, "Description", rule.text("Description"), 14);
        line(text, indent, "BindType", rule.text("BindType"), 14);
        line(text, indent, "BindName", rule.text("BindName"), 14);
        line(text, indent, "Selector", rule.text("Selector"), 14);
        if (meta) {
            line(text, indent, "Create Index", rule.text("CreateIndex"), 14);
            line(text, indent, "Modify Index", rule.text("ModifyIndex"), 14);
        }
    }

    private static void line(StringBuilder text, String indent, String name, String value, int width) {
        String head = name + ":";
        text.append(indent).append(head).repeat(' ', Math.max(1, width - head.length())).append(value).append('\n');
    }

    private static void meta(StringBuilder text, Doc row, boolean wanted, String indent, int width) {
        if (wanted) {
            line(text, indent, "Hash", HexFormat.of().formatHex(Base64.getDecoder().decode(row.text("Hash"))), width);
            line(text, indent, "Create Index", row.text("CreateIndex"), width);
            line(text, indent, "Modify Index", row.text("ModifyIndex"), width);
        }
    }

    private static void links(StringBuilder text, Doc row, String indent) {
        section(text, "Policies", indent, row.list("Policies").stream().map(link -> link.text("ID") + " - " + link.text("Name")).toList());
        section(text, "Roles", indent, row.list("Roles").stream().map(link -> link.text("ID") + " - " + link.text("Name")).toList());
        section(text, "Service Identities", indent, row.list("ServiceIdentities").stream().map(identity -> identity.text("ServiceName")
                + " (Datacenters: " + (identity.list("Datacenters").isEmpty() ? "all" : identity.join("Datacenters", ", ")) + ")").toList());
        section(text, "Node Identities", indent, row.list("NodeIdentities").stream()
                .map(identity -> identity.text("NodeName") + " (Datacenter: " + identity.text("Datacenter") + ")").toList());
    }

    private static void section(StringBuilder text, String title, String indent, List<String> lines) {
        if (!lines.isEmpty()) {
            text.append(indent).append(title).append(":\n");
            lines.forEach(line -> text.append(indent).append("   ").append(line).append('\n'));
        }
    }
}
