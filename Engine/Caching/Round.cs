namespace Engine.Mbufs;

/// <summary>One free item in a magazine.</summary>
/// <param name="Item">Its number in its zone.</param>
/// <param name="Generation">
/// Of a pair, the generation that its header has while it is free, so that a packet can be handed out without looking at the header:
/// of many packets in flight, each header is a line to be fetched. 0 in the other zones, where the header is written anyway.
/// </param>
internal readonly record struct Round(uint Item, uint Generation);
