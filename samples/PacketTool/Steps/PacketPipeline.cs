using Engine.Mbufs;
using Engine.Mbufs.Wire;

namespace PacketTool;

/// <summary>
/// What is done with each frame, step by step: its link header is taken off, the packet behind it is worked on as a host would,
/// and what has become of it gets the link header in front again, in its headroom.
/// </summary>
/// <param name="arena">What all packets are in.</param>
/// <param name="options">Which steps to make.</param>
/// <param name="tallies">Where to count.</param>
/// <param name="sink">What to write; null for nothing.</param>
/// <param name="list">Where to name each frame with a wrong checksum, if that was asked for.</param>
internal sealed class PacketPipeline(MbufArena arena, ToolOptions options, Tallies tallies, CaptureSink? sink, TextWriter list)
    : IDisposable
{
    private readonly LinkHeader _link = new();
    private readonly Verification _verification = new(tallies.Checksums, options.ListBad ? list : null);
    private readonly Reassembly? _reassembly = options.Reassemble ? new Reassembly(arena) : null;
    private readonly MbufQueue _segments = new(arena);
    private readonly MbufQueue _fragments = new(arena);

    /// <summary>What became of fragments, if they were to be put together.</summary>
    public MbufReassemblyStatistics? Reassembled => _reassembly?.Statistics;

    /// <summary>Works on a frame.</summary>
    /// <param name="mbufs">The scope that it is in.</param>
    /// <param name="frame">The frame; consumed.</param>
    /// <param name="info">What the capture says of it.</param>
    public void Process(in MbufScope mbufs, MbufChain frame, in FrameInfo info)
    {
        using MbufChain packet = frame;
        if (options.Verify)
        {
            int networkOffset = _link.TryRead(packet, info.LinkType) && _link.IsIP ? _link.Bytes.Length : -1;
            _verification.Look(packet, networkOffset, info);
        }

        if (options.StripBytes is { } count)
        {
            _ = tallies.StripBytes.Count(StripBytes(packet, count, info));
        }

        bool isKnown = _link.TryRead(packet, info.LinkType);
        if (isKnown)
        {
            packet.TrimStart(_link.Bytes.Length);
            StripVlan();
        }

        if (isKnown && _link.IsIP)
        {
            ProcessIP(mbufs, packet, info);
        }
        else
        {
            PassBy(packet, info, isKnown);
        }
    }

    /// <summary>Says that the capture is at its end.</summary>
    /// <returns>Of how many packets some fragments never came.</returns>
    public int End(in MbufScope mbufs) => _reassembly?.End(mbufs) ?? 0;

    public void Dispose()
    {
        _reassembly?.Dispose();
        using MbufScope mbufs = arena.Enter();
        _ = _segments.Drain(mbufs) + _fragments.Drain(mbufs);
    }

    private static StepOutcome StripBytes(MbufChain frame, int count, in FrameInfo info)
    {
        if (frame.Length < count)
        {
            return info.IsTruncated ? StepOutcome.Truncated : StepOutcome.Refused;
        }

        frame.TrimStart(count);
        return StepOutcome.Done;
    }

    private void StripVlan()
    {
        if (!options.StripVlan)
        {
            return;
        }

        _ = tallies.StripVlan.Count(_link.VlanTags > 0 ? StepOutcome.Done : StepOutcome.NotNeeded);
        if (_link.VlanTags > 0)
        {
            _link.RemoveTags();
        }
    }

    /// <summary>What is no IP packet, or behind a link header that is not known: only a VLAN tag can be put in.</summary>
    private void PassBy(MbufChain packet, in FrameInfo info, bool isKnown)
    {
        CountAsNotApplicable(tallies.StripVlan, options.StripVlan && !isKnown);
        CountAsNotApplicable(tallies.Reassemble, options.Reassemble);
        CountAsNotApplicable(tallies.Decapsulate, options.Decapsulate);
        CountAsNotApplicable(tallies.FixChecksums, options.FixChecksums);
        CountAsNotApplicable(tallies.Segment, options.Segment is not null);
        CountAsNotApplicable(tallies.SegmentUdp, options.SegmentUdp is not null);
        CountAsNotApplicable(tallies.ClearDontFragment, options.ClearDontFragment);
        CountAsNotApplicable(tallies.Fragment, options.Fragment is not null);
        CountAsNotApplicable(tallies.StripLink, options.StripLink);
        if (isKnown)
        {
            AddVlan();
            Write(packet, info, info.Missing, isIP: false);
        }
        else
        {
            CountAsNotApplicable(tallies.AddVlan, options.AddVlan is not null);
            sink?.Write(packet, info, info.Missing, isRawIP: false);
        }
    }

    private static void CountAsNotApplicable(StepTally tally, bool isAskedFor)
    {
        if (isAskedFor)
        {
            _ = tally.Count(StepOutcome.NotApplicable);
        }
    }

    private void ProcessIP(in MbufScope mbufs, MbufChain packet, in FrameInfo info)
    {
        if (_reassembly is null)
        {
            Transform(mbufs, packet, info, info.Missing);
            return;
        }

        StepOutcome outcome = tallies.Reassemble.Count(_reassembly.Apply(mbufs, packet, info, out MbufChain whole));
        if (!whole.IsNull)
        {
            using MbufChain current = whole;
            Transform(mbufs, current, info, outcome == StepOutcome.Done ? 0 : info.Missing);
        }
    }

    /// <summary>What is done with a packet, and not with fragments of it if they could be put together.</summary>
    private void Transform(in MbufScope mbufs, MbufChain packet, in FrameInfo info, long missing)
    {
        if (options.Decapsulate)
        {
            _ = tallies.Decapsulate.Count(Decapsulation.Apply(packet, _link));
        }

        if (options.FixChecksums)
        {
            _ = tallies.FixChecksums.Count(ChecksumRepair.Apply(packet));
        }

        if (options.StripLink)
        {
            _ = tallies.StripLink.Count(_link.Bytes.IsEmpty ? StepOutcome.NotNeeded : StepOutcome.Done);
        }

        AddVlan();
        CutIntoSegments(mbufs, packet, info, missing);
    }

    private void AddVlan()
    {
        if (options.AddVlan is { } tag)
        {
            _ = tallies.AddVlan.Count(_link.TryAddTag(tag.ControlInformation) ? StepOutcome.Done : StepOutcome.NotApplicable);
        }
    }

    private void CutIntoSegments(in MbufScope mbufs, MbufChain packet, in FrameInfo info, long missing)
    {
        StepOutcome outcome = StepOutcome.NotNeeded;
        if (options.Segment is { } size)
        {
            outcome = tallies.Segment.Count(Segmentation.Apply(packet, IPProtocol.Tcp, size, _segments));
        }

        if (outcome != StepOutcome.Done && options.SegmentUdp is { } datagramSize)
        {
            outcome = tallies.SegmentUdp.Count(Segmentation.Apply(packet, IPProtocol.Udp, datagramSize, _segments));
        }

        if (outcome != StepOutcome.Done)
        {
            CutIntoFragments(mbufs, packet, info, missing);
        }

        while (_segments.TryDequeue(mbufs, out MbufChain segment))
        {
            using MbufChain current = segment;
            Segmentation.Complete(current);
            CutIntoFragments(mbufs, current, info, missing: 0);
        }
    }

    private void CutIntoFragments(in MbufScope mbufs, MbufChain packet, in FrameInfo info, long missing)
    {
        if (options.ClearDontFragment)
        {
            _ = tallies.ClearDontFragment.Count(DontFragment.Clear(packet));
        }

        MbufOffloadStatus status = options.Fragment is { } mtu ? packet.FragmentInto(mtu, _fragments) : MbufOffloadStatus.NotIP;
        if (options.Fragment is not null)
        {
            _ = tallies.Fragment.Count(_fragments.Count == 1 ? StepOutcome.NotNeeded : Segmentation.OutcomeOf(status));
        }

        if (status != MbufOffloadStatus.Done)
        {
            Write(packet, info, missing, isIP: true);
        }

        missing = _fragments.Count == 1 ? missing : 0;
        while (_fragments.TryDequeue(mbufs, out MbufChain fragment))
        {
            using MbufChain current = fragment;
            Write(current, info, missing, isIP: true);
        }
    }

    /// <summary>Puts the link header in front, unless it is to be away, and writes the frame.</summary>
    private void Write(MbufChain packet, in FrameInfo info, long missing, bool isIP)
    {
        if (sink is null)
        {
            return;
        }

        bool isBare = options.StripLink && isIP;
        if (!isBare && !packet.TryPrepend(_link.Bytes))
        {
            throw new ToolException($"frame {info.Number}: no memory is left for its link header");
        }

        sink.Write(packet, info, missing, isBare);
    }
}
