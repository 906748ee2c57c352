package muster.scheduler.acl;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What can be allowed within a namespace. (Nomad: ACL policy specification, namespace rules) */
public enum Capability {
    DENY, LIST_JOBS, PARSE_JOB, READ_JOB, SUBMIT_JOB, DISPATCH_JOB, READ_LOGS, READ_FS, ALLOC_EXEC, ALLOC_NODE_EXEC, ALLOC_LIFECYCLE,
    SENTINEL_OVERRIDE, CSI_REGISTER_PLUGIN, CSI_WRITE_VOLUME, CSI_READ_VOLUME, CSI_LIST_VOLUME, CSI_MOUNT_VOLUME, LIST_SCALING_POLICIES,
    READ_SCALING_POLICY, READ_JOB_SCALING, SCALE_JOB, SUBMIT_RECOMMENDATION, HOST_VOLUME_CREATE, HOST_VOLUME_REGISTER, HOST_VOLUME_READ,
    HOST_VOLUME_WRITE, HOST_VOLUME_DELETE;

    private static final Set<Capability> READ = EnumSet.of(LIST_JOBS, PARSE_JOB, READ_JOB, CSI_LIST_VOLUME, CSI_READ_VOLUME,
            LIST_SCALING_POLICIES, READ_SCALING_POLICY, READ_JOB_SCALING, HOST_VOLUME_READ);
    private static final Set<Capability> SCALE = EnumSet.of(LIST_SCALING_POLICIES, READ_SCALING_POLICY, READ_JOB_SCALING, SCALE_JOB);
    private static final Set<Capability> MORE_THAN_READ = EnumSet.of(SUBMIT_JOB, DISPATCH_JOB, READ_LOGS, READ_FS, ALLOC_EXEC,
            ALLOC_LIFECYCLE, CSI_WRITE_VOLUME, CSI_MOUNT_VOLUME, SCALE_JOB, SUBMIT_RECOMMENDATION, HOST_VOLUME_CREATE,
            HOST_VOLUME_WRITE, HOST_VOLUME_DELETE);

    /** The capability of a word of the rule language. */
    static Optional<Capability> of(String word) {
        for (Capability capability : values()) {
            if (capability.toString().equals(word)) {
                return Optional.of(capability);
            }
        }
        return Optional.empty();
    }

    /** What a namespace's {@code policy} stands for; empty for a word that is none. */
    static Optional<Set<Capability>> ofPolicy(String word) {
        return switch (word) {
            case "deny" -> Optional.of(EnumSet.of(DENY));
            case "read" -> Optional.of(EnumSet.copyOf(READ));
            case "scale" -> Optional.of(EnumSet.copyOf(SCALE));
            case "write" -> {
                Set<Capability> all = EnumSet.copyOf(READ);
                all.addAll(MORE_THAN_READ);
                yield Optional.of(all);
            }
            default -> Optional.empty();
        };
    }

    /** Nomad's word. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
