package muster.scheduler.job;

import static muster.scheduler.job.Values.orEmpty;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Checks of one task. */
final class TaskValidation {
    private static final int PERMISSION_BITS = 12;
    private static final Pattern ACTION = Pattern.compile("[a-zA-Z0-9-]{1,128}");

    private final Job job;
    private final TaskGroup group;
    private final Task task;
    private final Faults faults = new Faults();

    TaskValidation(Job job, TaskGroup group, Task task) {
        this.job = job;
        this.group = group;
        this.task = task;
    }

    Faults faults() {
        faults.addIf(task.name().isEmpty(), "Missing task name");
        boolean slashes = task.name().indexOf('/') >= 0 || task.name().indexOf('\\') >= 0;
        faults.addIf(slashes, "Task name cannot include slashes");
        faults.addIf(!slashes && task.name().indexOf('\0') >= 0, "Task name cannot include null characters");
        faults.addIf(task.driver().isEmpty(), "Missing task driver");
        faults.addIf(task.killTimeout().isNegative(), "KillTimeout must be a positive value");
        faults.addIf(task.shutdownDelay().isNegative(), "ShutdownDelay must be a positive value");
        faults.nest(resources(task.resources()));
        faults.nest(logs());
        TargetValidation.constraints(task.constraints(), faults);
        constraintLevels();
        TargetValidation.affinities(task.affinities(), job, faults);
        faults.nest(TaskServiceValidation.of(task, group));
        int logs = task.logConfig().maxFiles() * task.logConfig().maxFileSizeMB();
        faults.addIf(
                group.ephemeralDisk().sizeMB() <= logs,
                "log storage (" + logs + " MB) must be less than requested disk capacity ("
                        + group.ephemeralDisk().sizeMB() + " MB)");
        int number = 0;
        for (TaskArtifact artifact : orEmpty(task.artifacts())) {
            faults.nest("Artifact " + ++number, artifact(artifact));
        }
        vault();
        templates();
        if (task.dispatchPayload() != null) {
            faults.addIf(TaskPaths.escapes("task/local/", task.dispatchPayload().file()),
                    "Dispatch Payload validation failed: destination escapes allocation directory");
        }
        if (task.lifecycle() != null) {
            String hook = task.lifecycle().hook();
            faults.addIf(hook.isEmpty(), "Lifecycle validation failed: no lifecycle hook provided");
            faults.addIf(
                    !Set.of("", "prestart", "poststart", "poststop").contains(hook),
                    "Lifecycle validation failed: invalid hook: " + hook);
        }
        mounts();
        actions();
        return faults;
    }

    private void mounts() {
        int number = 0;
        for (VolumeMount mount : orEmpty(task.volumeMounts())) {
            faults.addIf(!List.of("", "private", "host-to-task", "bidirectional").contains(Values.text(mount.propagationMode())),
                    "Volume Mount (" + number++ + ") has an invalid propagation mode: \"" + mount.propagationMode() + "\"");
        }
        TaskCSIPluginConfig plugin = task.csiPluginConfig();
        if (plugin != null) {
            faults.addIf(Values.text(plugin.id()).isEmpty(), "CSIPluginConfig must have a non-empty PluginID");
            faults.addIf(!List.of("node", "controller", "monolith").contains(Values.text(plugin.type())),
                    "CSIPluginConfig PluginType must be one of 'node', 'controller', or 'monolith', got: \"" + Values.text(plugin.type()) + "\"");
        }
    }

    private void actions() {
        Set<String> names = new HashSet<>();
        for (TaskAction action : orEmpty(task.actions())) {
            faults.addIf(!ACTION.matcher(action.name()).matches(), "Action name \"" + action.name() + "\" must match regex ^[a-zA-Z0-9-]{1,128}$");
            faults.addIf(action.command().isEmpty(), "Action \"" + action.name() + "\" must have a command");
            faults.addIf(!names.add(action.name()), "Action \"" + action.name() + "\" defined multiple times");
        }
    }

    private void constraintLevels() {
        int number = 0;
        for (Constraint constraint : orEmpty(task.constraints())) {
            number++;
            faults.addIf(
                    Set.of("distinct_hosts", "distinct_property").contains(constraint.operand()),
                    "Constraint " + number + " has disallowed Operand at task level: " + constraint.operand());
        }
    }

    private static Faults resources(Resources resources) {
        Faults faults = new Faults();
        faults.addIf(
                resources.cores() > 0 && resources.cpu() > 0,
                "Task can only ask for 'cpu' or 'cores' resource, not both.");
        Faults minimum = new Faults();
        minimum.addIf(
                resources.cores() == 0 && resources.cpu() < 1, "minimum CPU value is 1; got " + resources.cpu());
        minimum.addIf(resources.memoryMB() < 10, "minimum MemoryMB value is 10; got " + resources.memoryMB());
        faults.nest(minimum);
        faults.addIf(
                resources.diskMB() != null && resources.diskMB() > 0,
                "Task can't ask for disk resources, they have to be specified at the task group level.");
        int number = 0;
        for (RequestedDevice device : orEmpty(resources.devices())) {
            Faults inner = device(device);
            number++;
            faults.addIf(!inner.isEmpty(), "device " + number + " failed validation: " + inner.text());
        }
        int max = resources.memoryMaxMB() == null ? 0 : resources.memoryMaxMB();
        faults.addIf(
                max != 0 && max < resources.memoryMB(),
                "MemoryMaxMB value (" + max + ") should be larger than MemoryMB value (" + resources.memoryMB() + ")");
        return faults;
    }

    private static Faults device(RequestedDevice device) {
        Faults faults = new Faults();
        faults.addIf(Values.text(device.name()).isEmpty(),
                "device name must be given as one of the following: type, vendor/type, or vendor/type/name");
        int number = 0;
        for (Constraint constraint : orEmpty(device.constraints())) {
            number++;
            if (Set.of("distinct_hosts", "distinct_property").contains(constraint.operand())) {
                faults.add("Constraint " + number + " validation failed: using unsupported operand \"" + constraint.operand() + "\"");
            } else {
                faults.nest("Constraint " + number, TargetValidation.constraint(constraint));
            }
        }
        number = 0;
        for (Affinity affinity : orEmpty(device.affinities())) {
            faults.nest("Affinity " + ++number, TargetValidation.affinity(affinity));
        }
        return faults;
    }

    private Faults logs() {
        Faults inner = new Faults();
        inner.addIf(task.logConfig().maxFiles() < 1, "minimum number of files is 1; got " + task.logConfig().maxFiles());
        inner.addIf(
                task.logConfig().maxFileSizeMB() < 1,
                "minimum file size is 1MB; got " + task.logConfig().maxFileSizeMB());
        return inner;
    }

    private static Faults artifact(TaskArtifact artifact) {
        Faults inner = new Faults();
        inner.addIf(artifact.getterSource() == null || artifact.getterSource().isEmpty(), "source must be specified");
        inner.addIf(
                !List.of("any", "file", "dir").contains(artifact.getterMode()),
                "invalid artifact mode \"" + artifact.getterMode() + "\"; must be one of: any, file, dir");
        inner.addIf(
                TaskPaths.escapes("task/", artifact.relativeDest()),
                "destination escapes allocation directory");
        String checksum = orEmpty(artifact.getterOptions()).get("checksum");
        if (checksum != null && !checksum.contains("${")) {
            String fault = Checksum.fault(checksum);
            inner.addIf(!fault.isEmpty(), fault);
        }
        return inner;
    }

    private void vault() {
        Vault vault = task.vault();
        if (vault == null) {
            return;
        }
        Faults inner = new Faults();
        inner.addIf(orEmpty(vault.policies()).isEmpty(), "Policy list cannot be empty");
        inner.addIf(orEmpty(vault.policies()).contains("root"), "Can not specify \"root\" policy");
        inner.addIf(
                vault.changeMode().equals("signal") && vault.changeSignal().isEmpty(),
                "Signal must be specified when using change mode \"signal\"");
        inner.addIf(
                !List.of("signal", "noop", "restart").contains(vault.changeMode()),
                "Unknown change mode \"" + vault.changeMode() + "\"");
        faults.nest("Vault", inner);
    }

    private void templates() {
        Map<String, Integer> destinations = new HashMap<>();
        int number = 0;
        for (Template template : orEmpty(task.templates())) {
            number++;
            faults.nest("Template " + number, template(template));
            Integer before = destinations.putIfAbsent(template.destPath(), number);
            faults.addIf(before != null, "Template " + number + " has same destination as " + before);
        }
    }

    private static Faults template(Template template) {
        Faults inner = new Faults();
        inner.addIf(
                template.sourcePath().isEmpty() && template.embeddedTmpl().isEmpty(),
                "Must specify a source path or have an embedded template");
        inner.addIf(template.destPath().isEmpty(), "Must specify a destination for the template");
        inner.addIf(TaskPaths.escapes("task/", template.destPath()), "destination escapes allocation directory");
        switch (template.changeMode()) {
            case "noop", "restart" -> {}
            case "signal" -> {
                inner.addIf(
                        template.changeSignal().isEmpty(), "Must specify signal value when change mode is signal");
                inner.addIf(template.envvars(), "cannot use signals with env var templates");
            }
            case "script" -> {
                Template.ChangeScript script = template.changeScript();
                inner.addIf(script == null, "must specify change script configuration value when change mode is script");
                inner.addIf(script != null && Values.text(script.command()).isEmpty(),
                        "must specify script config field Command when change mode is script");
                inner.addIf(script != null && script.timeout() != null && script.timeout().isNegative(),
                        "Must specify positive change script timeout value");
            }
            default -> inner.add("Invalid change mode. Must be one of the following: noop, signal, restart");
        }
        inner.addIf(!List.of("", "go", "mustache").contains(Values.text(template.dialect())),
                "Invalid template dialect \"" + template.dialect() + "\". Must be one of the following: go, mustache");
        inner.addIf(!List.of("", "fail", "default", "keep").contains(Values.text(template.onDeadline())),
                "Invalid template on_deadline \"" + template.onDeadline() + "\". Must be one of the following: fail, default, keep");
        inner.addIf(template.check() != null && Values.text(template.check().command()).isEmpty(), "Must specify a command for the template's check");
        inner.addIf(template.deadline() != null && template.deadline().isNegative(), "Must specify positive deadline value");
        inner.addIf(template.splay().isNegative(), "Must specify positive splay value");
        Template.WaitConfig wait = template.quiet();
        inner.addIf(wait != null && wait.min() != null && wait.max() != null && wait.min().compareTo(wait.max()) > 0,
                wait == null ? "" : "wait min " + wait.min() + " is greater than max " + wait.max());
        String perms = template.perms();
        boolean octal = !perms.isEmpty() && perms.chars().allMatch(c -> c >= '0' && c <= '7');
        boolean small = octal && new BigInteger(perms, 8).bitLength() <= PERMISSION_BITS;
        inner.addIf(
                !small && !perms.isEmpty(),
                "Failed to parse \"" + perms + "\" as octal: strconv.ParseUint: parsing \"" + perms + "\": "
                        + (octal ? "value out of range" : "invalid syntax"));
        return inner;
    }
}
