package muster.scheduler.client;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import muster.scheduler.artifact.ArtifactRules;
import muster.scheduler.state.HostVolume;

/**
 * How a client runs (Nomad docs: agent configuration, "client stanza").
 *
 * @param name of the node, the host's where the operator gives none
 * @param nodePool which jobs have to name to be placed here; empty for that of jobs which name none
 * @param version shown as {@code nomad.version}
 * @param dataDir where allocations live; absolute
 * @param keepState whether tasks outlive the agent and are taken up by the next (false in dev mode)
 * @param device the network interface of whose addresses ports are given out
 * @param address the node's address
 * @param api of this node's agent
 * @param registryAddress what tasks get as {@code CONSUL_HTTP_ADDR}; empty for none
 * @param attributes more attributes, such as {@code consul.version}; they win over found ones
 * @param agentEnvironment the agent's own environment, handed on to tasks
 * @param rules what is allowed and kept here
 */
public record ClientSettings(
        String name,
        String datacenter,
        String region,
        String nodeClass,
        String nodePool,
        String version,
        Map<String, String> meta,
        Path dataDir,
        boolean keepState,
        String device,
        String address,
        OwnApi api,
        String registryAddress,
        Map<String, String> attributes,
        Map<String, String> agentEnvironment,
        Capacity capacity,
        Rules rules) {
    /** In the pool of jobs that name none. */
    public ClientSettings(String name, String datacenter, String region, String nodeClass, String version, Map<String, String> meta,
            Path dataDir, boolean keepState, String device, String address, OwnApi api, String registryAddress,
            Map<String, String> attributes, Map<String, String> agentEnvironment, Capacity capacity, Rules rules) {
        this(name, datacenter, region, nodeClass, "", version, meta, dataDir, keepState, device, address, api, registryAddress,
                attributes, agentEnvironment, capacity, rules);
    }

    public ClientSettings {
        meta = Map.copyOf(meta);
        attributes = Map.copyOf(attributes);
        agentEnvironment = Map.copyOf(agentEnvironment);
        if (!dataDir.isAbsolute()) {
            throw new IllegalArgumentException("data_dir " + dataDir + " must be absolute");
        }
    }

    /**
     * What is allowed and kept on this node.
     *
     * @param maxKillTimeout the longest that a task may ask for
     * @param hostVolumes folders that are offered as volumes, by name
     * @param allowsCommands whether commands may be run beside tasks
     * @param artifacts how much artifacts may take
     */
    public record Rules(Duration maxKillTimeout, Collecting collecting, Map<String, HostVolume> hostVolumes, boolean allowsCommands,
            ArtifactRules artifacts) {
        public static final Rules USUAL = new Rules(Duration.ofSeconds(30), Collecting.USUAL, Map.of(), true, ArtifactRules.USUAL);

        public Rules {
            hostVolumes = Map.copyOf(hostVolumes);
        }
    }

    /**
     * When ended allocations' folders, with their logs, have to go before the servers forget them.
     *
     * @param interval between two looks
     * @param diskPercent of the data folder's disk, above which they go
     * @param inodePercent the same of its files
     * @param maxAllocations folders that are kept, those of running allocations included
     */
    public record Collecting(Duration interval, int diskPercent, int inodePercent, int maxAllocations) {
        public static final Collecting USUAL = new Collecting(Duration.ofMinutes(1), 80, 70, 50);
    }

    /** What the operator says of the machine where the fingerprint is not to be asked, and what of it is not given out. */
    public record Capacity(
            Optional<Integer> cpuTotalMhz, Optional<Integer> memoryTotalMb, int reservedCpuMhz, int reservedMemoryMb,
            int reservedDiskMb, String reservedPorts) {
        public static final Capacity FOUND = new Capacity(Optional.empty(), Optional.empty(), 0, 0, 0, "");
    }
}
