using System.Globalization;

namespace Engine.Mbufs.Tests.Conformance;

/// <summary>FNV-1a of 64 bits, as bytes come.</summary>
internal sealed class TraceHash
{
    private ulong _state = 0xcbf2_9ce4_8422_2325;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        foreach (byte next in bytes)
        {
            _state = unchecked((_state ^ next) * 0x100_0000_01b3);
        }
    }

    public override string ToString() => _state.ToString("x16", CultureInfo.InvariantCulture);
}
