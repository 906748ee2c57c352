package muster.scheduler.state;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import muster.wire.Key;

/**
 * Texts by name under a path (Nomad API page: variables). Their values are secrets: {@link #toString} does not show them.
 *
 * @param createTime nanoseconds since 1970, as modifyTime is
 * @param lock who holds it; null for nobody
 */
public record Variable(long createIndex, long createTime, Map<String, String> items, @Key(omitNull = true) VariableLock lock,
        long modifyIndex, long modifyTime, String namespace, String path) {
    private static final int MAX_BYTES = 64 << 10;
    private static final Pattern PATH = Pattern.compile("[a-zA-Z0-9-_~/]{1,128}");

    public Variable {
        items = items == null ? Map.of() : java.util.Collections.unmodifiableMap(new TreeMap<>(items));
    }

    /** Without a lock. */
    public Variable(long createIndex, long createTime, Map<String, String> items, long modifyIndex, long modifyTime, String namespace, String path) {
        this(createIndex, createTime, items, null, modifyIndex, modifyTime, namespace, path);
    }

    /** Why it can't be kept, in the original's words; empty when it can. */
    public Optional<String> fault() {
        if (items.isEmpty() && lock == null) {
            return Optional.of("empty variables are invalid");
        }
        int bytes = 0;
        for (Map.Entry<String, String> item : items.entrySet()) {
            bytes += length(item.getKey()) + length(item.getValue());
        }
        return bytes > MAX_BYTES ? Optional.of("variables are limited to 64KiB in total size") : pathFault();
    }

    private Optional<String> pathFault() {
        if (!PATH.matcher(path).matches()) {
            return Optional.of("invalid path \"" + path + "\"");
        }
        String[] parts = path.split("/", -1);
        if (!parts[0].equals("nomad") || parts.length > 1 && parts[1].equals("jobs")) {
            return Optional.empty();
        }
        if (parts.length == 1) {
            return Optional.of("\"nomad\" is a reserved top-level directory path, but you may write variables to \"nomad/jobs\","
                    + " \"nomad/job-templates\", or below");
        }
        if (!parts[1].equals("job-templates")) {
            return Optional.of("only paths at \"nomad/jobs\" or \"nomad/job-templates\" and below are valid paths under the"
                    + " top-level \"nomad\" directory");
        }
        return parts.length == 3 ? Optional.empty()
                : Optional.of("\"nomad/job-templates\" is a reserved directory path, but you may write variables at the level below it,"
                        + " for example, \"nomad/job-templates/template-name\"");
    }

    private static int length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** As stored at this index in the place of an older one; null where there is none. */
    Variable at(long index, Variable old) {
        return new Variable(old == null ? index : old.createIndex, old == null ? createTime : old.createTime, items, lock, index, modifyTime,
                namespace, path);
    }

    Variable with(Map<String, String> newItems, VariableLock newLock, long now) {
        return new Variable(createIndex, createTime, newItems, newLock, modifyIndex, now, namespace, path);
    }

    /** Whether this holder may change it: anybody where nobody has locked it. */
    boolean isOf(String lockId) {
        return lock == null || lock.id().equals(lockId);
    }

    /** For everybody but the lock's holder, who alone knows its id. */
    public Variable shown() {
        return lock == null ? this : new Variable(createIndex, createTime, items, lock.shown(), modifyIndex, modifyTime, namespace, path);
    }

    @Override
    public String toString() {
        return "Variable[" + namespace + ", " + path + ", " + items.keySet() + "]";
    }
}
