namespace Engine.Mbufs;

/// <content>The bytes of what is free: overwritten with poison in checked mode, zeroed for who has secrets.</content>
public sealed partial class MbufArena
{
    /// <summary>The internal buffer of an mbuf or of a pair's mbuf; empty for a cluster.</summary>
    internal Span<byte> BufferOf(ZoneId zone, uint item)
    {
        StorageLayout layout = Layout.Storages[(int)StorageKind.Internal];
        return zone is ZoneId.Mbuf or ZoneId.Packet ? Memory.Bytes(layout.StartOf(item), layout.Capacity) : default;
    }

    /// <summary>A cluster, or a pair's cluster; empty for a plain mbuf, and for a record.</summary>
    internal Span<byte> ClusterOf(ZoneId zone, uint item)
    {
        if (zone is ZoneId.Mbuf or ZoneId.External)
        {
            return default;
        }

        StorageLayout layout = Layout.Storages[zone == ZoneId.Packet ? (int)StorageKind.Cluster : (int)zone];
        uint storage = zone == ZoneId.Packet ? Memory.Header(item).Storage : item;
        return Memory.Bytes(layout.StartOf(storage), layout.Capacity);
    }

    /// <summary>Zeroes an item that is about to be free.</summary>
    internal void ClearContents(ZoneId zone, uint item)
    {
        BufferOf(zone, item).Clear();
        ClusterOf(zone, item).Clear();
    }

    /// <summary>
    /// Zeroes all storage that was ever handed out, in use or not; nobody may be in the arena. What was never handed out is zero.
    /// </summary>
    internal void ClearCarved()
    {
        for (int kind = 0; kind < (int)StorageKind.External; kind++)
        {
            StorageLayout layout = Layout.Storages[kind];
            long count = Zones[kind].Carved + (kind == (int)StorageKind.Internal ? 1 : 0); // Mbuf 0 is null.
            Memory.Clear(layout.Start, count * layout.Stride);
        }
    }
}
