package muster.scheduler.job;

import static muster.scheduler.job.Values.orEmpty;

import java.util.List;

/** What a job with services in the mesh needs of its groups' networks, looked at before everything else of the job. */
final class ConnectValidation {
    private ConnectValidation() {}

    static void check(Job job, Faults faults) {
        for (TaskGroup group : orEmpty(job.taskGroups())) {
            for (Service service : orEmpty(group.services())) {
                String fault = service.connect() == null ? "" : networks(group, service.connect());
                if (!fault.isEmpty()) {
                    faults.add(fault);
                    break;
                }
            }
        }
        for (TaskGroup group : orEmpty(job.taskGroups())) {
            String fault = exposed(group);
            if (!fault.isEmpty()) {
                faults.add(fault);
                break;
            }
        }
    }

    private static String networks(TaskGroup group, ConsulConnect connect) {
        List<NetworkResource> networks = orEmpty(group.networks());
        String mode = networks.isEmpty() ? "" : Values.text(networks.getFirst().mode());
        if (connect.sidecarService() != null) {
            return networks.size() != 1
                    ? "Consul Connect sidecars require exactly 1 network, found " + networks.size() + " in group \"" + group.name() + "\""
                    : mode.equals("bridge") ? "" : "Consul Connect sidecar requires bridge network, found \"" + mode + "\" in group \"" + group.name() + "\"";
        }
        if (connect.gateway() != null) {
            return networks.size() != 1
                    ? "Consul Connect gateways require exactly 1 network, found " + networks.size() + " in group \"" + group.name() + "\""
                    : List.of("bridge", "host").contains(mode) ? ""
                    : "Consul Connect Gateway service requires Task Group with network mode of type \"bridge\" or \"host\"";
        }
        return "";
    }

    /** Checks that are reached through a sidecar need one. */
    private static String exposed(TaskGroup group) {
        boolean exposes = orEmpty(group.services()).stream().anyMatch(service -> orEmpty(service.checks()).stream().anyMatch(ServiceCheck::expose));
        if (exposes && orEmpty(group.networks()).size() != 1) {
            return "group \"" + group.name() + "\" must specify one bridge network for exposing service check(s)";
        }
        if (exposes && !"bridge".equals(group.networks().getFirst().mode())) {
            return "group \"" + group.name() + "\" must use bridge network for exposing service check(s)";
        }
        for (Service service : orEmpty(group.services())) {
            for (ServiceCheck check : orEmpty(service.checks())) {
                if (check.expose() && (service.connect() == null || service.connect().sidecarService() == null)) {
                    return "exposed service check " + group.name() + "->" + service.name() + "->" + check.name() + " requires use of sidecar_proxy";
                }
            }
        }
        for (Task task : orEmpty(group.tasks())) {
            for (Service service : orEmpty(task.services())) {
                for (ServiceCheck check : orEmpty(service.checks())) {
                    if (check.expose()) {
                        return "exposed service check " + group.name() + "[" + task.name() + "]->" + service.name() + "->" + check.name()
                                + " is not a task-group service";
                    }
                }
            }
        }
        return "";
    }
}
