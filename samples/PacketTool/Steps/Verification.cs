using Engine.Mbufs;
using Engine.Mbufs.Wire;

namespace PacketTool;

/// <summary>--verify and --list-bad: every checksum of a frame, also of IP packets inside of IP packets.</summary>
internal sealed class Verification(ChecksumTally tally, TextWriter? list)
{
    /// <summary>Looks at a frame, and leaves it as it is.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="networkOffset">Where its IP header starts; negative if it has none that can be found.</param>
    /// <param name="info">What the capture says of it.</param>
    public void Look(MbufChain frame, int networkOffset, in FrameInfo info)
    {
        int offset = networkOffset;
        bool isFound = offset >= 0;
        bool hasAny = false;
        for (int level = 0; isFound && level < Tunnel.MostLevels; level++)
        {
            MbufChecksumReport report = frame.InspectChecksums(offset);
            hasAny |= tally.Count(report);
            List(report, info, level);
            isFound = Tunnel.TryFindInner(frame, offset, out offset, out _);
        }

        tally.Without += hasAny ? 0 : 1;
    }

    private void List(MbufChecksumReport report, in FrameInfo info, int level)
    {
        if (IsBad(report.Network))
        {
            List(info, "IPv4 header", level, report.Network);
        }

        if (IsBad(report.Transport))
        {
            List(info, ChecksumTally.NameOf(report.Protocol), level, report.Transport);
        }
    }

    private void List(in FrameInfo info, string protocol, int level, MbufChecksumVerdict verdict)
        => list?.WriteLine(
            $"frame {info.Number}: {protocol} checksum{(level == 0 ? "" : " of an inner packet")} is {NameOf(verdict)}");

    private static bool IsBad(MbufChecksumVerdict verdict)
        => verdict is MbufChecksumVerdict.Invalid or MbufChecksumVerdict.Illegal;

    private static string NameOf(MbufChecksumVerdict verdict) => verdict == MbufChecksumVerdict.Invalid ? "wrong" : "illegal";
}
