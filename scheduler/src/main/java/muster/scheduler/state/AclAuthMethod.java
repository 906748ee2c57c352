package muster.scheduler.state;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import muster.scheduler.job.Values;
import muster.wire.GoDuration;
import muster.wire.Json;
import muster.wire.Key;

/**
 * A way to a token by somebody else's proof of identity (API page: ACL auth methods).
 *
 * @param tokenLocality {@code local} or {@code global}: where its tokens are good
 * @param tokenNameFormat what its tokens are called, of <code>${auth_method_type}</code>, <code>${auth_method_name}</code> and claims
 * @param maxTokenTtl how long its tokens live
 * @param isDefault whether who names no method means this one
 */
public record AclAuthMethod(AuthMethodConfig config, long createIndex, Instant createTime, @Key("Default") boolean isDefault, String hash,
        @Key(value = "MaxTokenTTL", durationText = true) Duration maxTokenTtl, long modifyIndex, Instant modifyTime, String name,
        String tokenLocality, String tokenNameFormat, String type) {
    public static final String JWT = "JWT";
    public static final String OIDC = "OIDC";
    public static final String LOCAL = "local";
    public static final String GLOBAL = "global";

    private static final String USUAL_FORMAT = "${auth_method_type}-${auth_method_name}";
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9-]{1,128}");

    public AclAuthMethod {
        hash = Values.text(hash);
        maxTokenTtl = Values.duration(maxTokenTtl);
        name = Values.text(name);
        tokenLocality = Values.text(tokenLocality);
        tokenNameFormat = Values.text(tokenNameFormat);
        type = Values.text(type);
    }

    /** All that is wrong with it but for its configuration, in the original's words, given the shortest and the longest life of tokens. */
    public List<String> faults(Duration least, Duration longest) {
        List<String> faults = new ArrayList<>();
        if (!NAME.matcher(name).matches()) {
            faults.add("invalid name '" + name + "'");
        }
        if (!List.of(LOCAL, GLOBAL).contains(tokenLocality)) {
            faults.add("invalid token locality '" + tokenLocality + "'");
        }
        if (!List.of(JWT, OIDC).contains(type)) {
            faults.add("invalid token type '" + type + "'");
        }
        if (maxTokenTtl.compareTo(least) < 0 || maxTokenTtl.compareTo(longest) > 0) {
            faults.add("invalid MaxTokenTTL value '" + GoDuration.format(maxTokenTtl) + "' (should be between " + GoDuration.format(least)
                    + " and " + GoDuration.format(longest) + ")");
        }
        return faults;
    }

    /** With what is not given taken from an older one, null for none; but for its name and whether it is the default. */
    public AclAuthMethod over(AclAuthMethod old, Instant now) {
        boolean fresh = old == null;
        String format = tokenNameFormat.isEmpty() && !fresh ? old.tokenNameFormat : tokenNameFormat;
        return new AclAuthMethod(config == null && !fresh ? old.config : config, 0, fresh ? now : old.createTime, isDefault, "",
                maxTokenTtl.isZero() && !fresh ? old.maxTokenTtl : maxTokenTtl, 0, now, name,
                tokenLocality.isEmpty() && !fresh ? old.tokenLocality : tokenLocality, format.isEmpty() ? USUAL_FORMAT : format,
                type.isEmpty() && !fresh ? old.type : type);
    }

    /** As stored at this index in the place of an older one; null where there is none. */
    AclAuthMethod at(long index, AclAuthMethod old) {
        String says = Blake2b.of(name, type, tokenLocality, tokenNameFormat, GoDuration.format(maxTokenTtl), String.valueOf(isDefault),
                config == null ? "" : Json.text(config));
        return new AclAuthMethod(config, old == null ? index : old.createIndex, createTime, isDefault, says, maxTokenTtl, index, modifyTime,
                name, tokenLocality, tokenNameFormat, type);
    }
}
