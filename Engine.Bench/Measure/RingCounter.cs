using System.Runtime.InteropServices;

namespace Engine.Mbufs.Bench.Measure;

/// <summary>
/// What one side of a ring writes, apart from everything else by the two lines that a processor fetches at once.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct RingCounter
{
    /// <summary>How far the side is.</summary>
    [FieldOffset(128)]
    public long Own;

    /// <summary>How far it last saw the other side.</summary>
    [FieldOffset(136)]
    public long SeenOfOther;
}
