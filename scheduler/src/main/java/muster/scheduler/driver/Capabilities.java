package muster.scheduler.driver;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** Linux capabilities by name, lower case and without {@code cap_} (capabilities(7)). Pure. */
record Capabilities(Set<String> names) {
    /** What a task may have without asking: Docker's default. */
    static final Capabilities USUAL = new Capabilities(Set.of("audit_write", "chown", "dac_override", "fowner", "fsetid", "kill", "mknod",
            "net_bind_service", "setfcap", "setgid", "setpcap", "setuid", "sys_chroot"));

    static final Capabilities ALL = new Capabilities(Set.of("audit_control", "audit_read", "audit_write", "block_suspend", "bpf",
            "checkpoint_restore", "chown", "dac_override", "dac_read_search", "fowner", "fsetid", "ipc_lock", "ipc_owner", "kill", "lease",
            "linux_immutable", "mac_admin", "mac_override", "mknod", "net_admin", "net_bind_service", "net_broadcast", "net_raw",
            "perfmon", "setfcap", "setgid", "setpcap", "setuid", "sys_admin", "sys_boot", "sys_chroot", "sys_module", "sys_nice",
            "sys_pacct", "sys_ptrace", "sys_rawio", "sys_resource", "sys_time", "sys_tty_config", "syslog", "wake_alarm"));

    Capabilities {
        names = Set.copyOf(names);
    }

    /** Those of a list in a configuration; {@code all} stands for every one. */
    static Capabilities of(Collection<String> list) {
        Set<String> names = new TreeSet<>();
        for (String given : list) {
            String name = given.toLowerCase(Locale.ROOT).replaceFirst("^cap_", "");
            names.addAll(name.equals("all") ? ALL.names() : Set.of(name));
        }
        return new Capabilities(names);
    }

    /** What is wrong with what a task adds and drops, where the operator allows these. */
    static List<String> problems(Capabilities allowed, List<String> add, List<String> drop) {
        List<String> problems = new ArrayList<>();
        for (List<String> list : List.of(add, drop)) {
            for (String given : list) {
                for (String name : of(List.of(given)).names()) {
                    if (!ALL.names().contains(name)) {
                        problems.add("there is no capability \"" + given + "\"");
                    }
                }
            }
        }
        Set<String> refused = new TreeSet<>(of(add).names());
        refused.retainAll(ALL.names());
        refused.removeAll(allowed.names());
        if (!refused.isEmpty()) {
            problems.add("driver does not allow the following capabilities: " + String.join(", ", refused));
        }
        return problems;
    }

    /** The usual ones that are allowed, and what is added, without what is dropped. */
    static Capabilities granted(Capabilities allowed, List<String> add, List<String> drop) {
        Set<String> names = new TreeSet<>(USUAL.names());
        names.retainAll(allowed.names());
        names.removeAll(of(drop).names());
        names.addAll(of(add).names());
        return new Capabilities(names);
    }

    /** In the words of setpriv(1): none but these. */
    String only() {
        StringBuilder text = new StringBuilder("-all");
        new TreeSet<>(names).forEach(name -> text.append(",+").append(name));
        return text.toString();
    }
}
