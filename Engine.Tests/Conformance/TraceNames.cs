namespace Engine.Mbufs.Tests.Conformance;

/// <summary>The reference's names for types and flags, and what they are here.</summary>
internal static class TraceNames
{
    private const string Nothing = "0";

    private static readonly (string Name, MbufType Type)[] s_types =
    [
        ("MT_DATA", MbufType.Data), ("MT_SONAME", MbufType.SocketName), ("MT_CONTROL", MbufType.Control),
        ("MT_OOBDATA", MbufType.OutOfBandData),
    ];

    /// <summary>In the order in which a register's state prints them.</summary>
    private static readonly (string Name, MbufFlags Flag)[] s_flags =
    [
        ("M_EOR", MbufFlags.EndOfRecord), ("M_BCAST", MbufFlags.Broadcast), ("M_MCAST", MbufFlags.Multicast),
        ("M_PROMISC", MbufFlags.Promiscuous), ("M_VLANTAG", MbufFlags.VlanTag), ("M_PROTO1", MbufFlags.Protocol1),
        ("M_PROTO2", MbufFlags.Protocol2), ("M_PROTO3", MbufFlags.Protocol3), ("M_PROTO4", MbufFlags.Protocol4),
        ("M_PROTO5", MbufFlags.Protocol5), ("M_PROTO6", MbufFlags.Protocol6),
    ];

    /// <summary>In the order in which the operation pkthdr prints them.</summary>
    private static readonly (string Name, MbufChecksumFlags Flag)[] s_checksumFlags =
    [
        ("CSUM_IP", MbufChecksumFlags.IPv4), ("CSUM_TCP", MbufChecksumFlags.Tcp), ("CSUM_UDP", MbufChecksumFlags.Udp),
        ("CSUM_IP_CHECKED", MbufChecksumFlags.IPv4Checked), ("CSUM_IP_VALID", MbufChecksumFlags.IPv4Valid),
        ("CSUM_DATA_VALID", MbufChecksumFlags.ChecksumDataValid), ("CSUM_PSEUDO_HDR", MbufChecksumFlags.PseudoHeaderIncluded),
    ];

    /// <summary>MT_HEADER is another word for MT_DATA to the reference, so that is what it prints.</summary>
    public static MbufType TypeOf(string name) => name == "MT_HEADER"
        ? MbufType.Data
        : s_types.Where(known => known.Name == name).Select(static known => known.Type).SingleOrNone(name);

    public static string NameOf(MbufType type) => s_types.Single(known => known.Type == type).Name;

    /// <summary>Flags by their names, joined with a plus sign.</summary>
    public static MbufFlags FlagsOf(string names) => Split(names).Aggregate(MbufFlags.None, static (flags, name) => flags | FlagOf(name));

    public static MbufFlags FlagOf(string name) => name == "M_RDONLY"
        ? MbufFlags.ReadOnly
        : s_flags.Where(known => known.Name == name).Select(static known => known.Flag).SingleOrNone(name);

    /// <summary>The names of those flags that a register's state shows, or nothing.</summary>
    public static string NamesOf(MbufFlags flags)
        => string.Join('+', s_flags.Where(known => (flags & known.Flag) != 0).Select(static known => known.Name));

    public static MbufChecksumFlags ChecksumFlagsOf(string names) => Split(names).Aggregate(
        default(MbufChecksumFlags),
        static (flags, name) => flags
            | s_checksumFlags.Where(known => known.Name == name).Select(static known => known.Flag).SingleOrNone(name));

    public static string NamesOf(MbufChecksumFlags flags)
    {
        string names = string.Join('+', s_checksumFlags.Where(known => (flags & known.Flag) != 0).Select(static known => known.Name));
        return names.Length == 0 ? Nothing : names;
    }

    private static string[] Split(string names) => names == Nothing ? [] : names.Split('+');

    private static T SingleOrNone<T>(this IEnumerable<T> found, string name)
        => found.Select(static value => (T?[])[value]).SingleOrDefault() is [{ } value]
            ? value
            : throw new TraceException($"There is no type or flag called {name}.");
}
