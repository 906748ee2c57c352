package muster.scheduler.acl;

import muster.wire.GoQuote;

/** A right to do something. */
public sealed interface Permission {
    /** Everything: what a management token has. */
    Permission MANAGEMENT = new Management();
    Whole AGENT_READ = new Whole(Resource.AGENT, Access.READ);
    Whole AGENT_WRITE = new Whole(Resource.AGENT, Access.WRITE);
    Whole NODE_READ = new Whole(Resource.NODE, Access.READ);
    Permission NODE_WRITE = new Whole(Resource.NODE, Access.WRITE);
    Permission OPERATOR_READ = new Whole(Resource.OPERATOR, Access.READ);
    Permission OPERATOR_WRITE = new Whole(Resource.OPERATOR, Access.WRITE);
    Permission PLUGIN_LIST = new Whole(Resource.PLUGIN, Access.LIST);
    Permission PLUGIN_READ = new Whole(Resource.PLUGIN, Access.READ);

    static Permission in(String namespace, Capability capability) {
        return new InNamespace(namespace, capability);
    }

    /** A capability within a namespace. */
    record InNamespace(String namespace, Capability capability) implements Permission {
        @Override
        public String toString() {
            return "'namespace:" + capability + "' on " + GoQuote.quote(namespace);
        }
    }

    /** Whatever capability within a namespace: enough to see that it is there. */
    record Enter(String namespace) implements Permission {
        @Override
        public String toString() {
            return "any capability on " + GoQuote.quote(namespace);
        }
    }

    record OnVariable(String namespace, String path, VariableCapability capability) implements Permission {
        @Override
        public String toString() {
            return "'variables:" + capability + "' on " + GoQuote.quote(namespace + ":" + path);
        }
    }

    record OnNodePool(String pool, NodePoolCapability capability) implements Permission {
        @Override
        public String toString() {
            return "'node_pool:" + capability + "' on " + GoQuote.quote(pool);
        }
    }

    /** Use of a volume of a node. */
    record MountVolume(String volume, boolean writing) implements Permission {
        @Override
        public String toString() {
            return "'host_volume:" + (writing ? "mount-readwrite" : "mount-readonly") + "' on " + GoQuote.quote(volume);
        }
    }

    record Whole(Resource resource, Access access) implements Permission {
        @Override
        public String toString() {
            return "'" + resource + ":" + access + "'";
        }
    }

    record Management() implements Permission {
        @Override
        public String toString() {
            return "'management'";
        }
    }
}
